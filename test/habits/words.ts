// What titles, paths, code and people of the invented lists are made of.
const words = (text: string) => text.trim().split(/\s+/)

export const parts = words(`
  anvil hopper girder lantern pulley bellow trellis gasket plinth winch rudder mantle spigot cradle ferrule hatch ladle
  mortar nozzle paddle quiver ratchet sickle thimble urn vane wicket yoke bobbin cleat dowel easel flange gimbal hinge
  ingot joist kiln lathe mallet newel oarlock pestle quoin rivet shuttle tenon upright veneer wedge axle baffle caliper
  damper escutcheon faucet grommet hasp inkwell jig keel lintel mortise nib orifice pawl reel spindle tappet valve worm
  abacus bolster collet derrick eyelet fascia gudgeon helve jamb knurl ledger muntin nock outrigger purlin rasp sluice
`)

export const nouns = words(`
  lock counter buffer index header offset length table entry queue timer handle cursor token mask range slot window
  checksum stride marker journal epoch quota bitmap cache page frame socket stream filter bucket cookie digest extent
  fence gauge hint iterator key label mapping node option parser quirk record segment tree unit version weight zone
  alias budget chunk depth event flag group hash interval job kind limit message name order path quantum region sample
  tag update value watermark alignment backlog callback deadline encoding fallback gap hook inode lease margin nonce
`)

export const verbs = words(`
  count keep drop split merge check clear hold print skip reset store trim widen bound export guard import join limit
  mark name order parse quote read sort test unify verify wake yield accept batch cache defer emit flush gather hide
  inline iterate lower map narrow open pad queue refuse send track unmap validate wrap align balance copy detect encode
  factor grow handle ignore jump lift move note offer prune raise shrink tidy use vary warn adjust bump close document
`)

export const adjectives = words(`
  stale empty nested short long wide signed unsigned partial double late early spare remote local large small odd even
  unused shared private final first last idle busy broken missing wrong default optional sparse dense frozen hidden
  implicit legacy mutable narrow opaque pending quiet raw silent temporary unaligned verbose weak zeroed ancient bare
`)

export const places = words(`
  suspend startup teardown overflow rotation retry timeout reload handover shutdown migration failover rollback resume
  detach probe commit replay lookup eviction hotplug allocation unload compaction recovery truncation reconnect mount
`)

export const firstNames = words(`
  Astrid Bertil Carola Davor Elspeth Fabian Gudrun Hamish Ilona Jorid Kasimir Lidia Morven Nandor Oriol Petra Quirin
  Ragna Sunniva Tancred Ulrika Vesna Wendel Xenia Yorick Zelda Anselm Brunhild Corvin Dagny Emeric Florin Gerda Hedvig
  Ivo Jarmila Konrad Ludmila Marius Nerys Ottmar Perpetua Roderick Sigrun Torsten Ursin Viggo Wanda Ysolde Zoltan
  Agathe Blaise Cosima Dimitar Eluned Ferran Gisela Hrvoje Isaura Jolanta
`)

export const lastNames = words(`
  Ambervale Birkholt Cinderby Dornfeld Elmcrest Fallowsen Greywater Hollinrake Isenbrook Juniperus Kettlewell Larkmoor
  Mossgrove Netherby Oakhanger Pinemarch Quillfeather Rookhurst Saltmarch Thistlewood Underhollow Vellacombe Wintergreen
  Yarrowby Zephyrin Ashgrove Brackenfell Copperfold Duskwater Eiderhorn Fernweh Goosander Hazelrig Ironbark Jackdawe
  Kestrelman Lindenau Marshbank Nightjarr Ospreyson Ploverton Redshankar Sandmartin Tealbrook Umberleigh Wagtail
  Avocetto Bitternan Curlewis Dotterell
`)

/** Names that need an encoded word. */
export const farNames = [
  ['林 小雨', 'lin.xiaoyu'],
  ['Łucja Żółkoś', 'lucja.zolkos'],
  ['Øystein Blåbærsen', 'oystein.blabaersen'],
  ['木村 あかり', 'akari.kimura'],
  ['Анна Ветрова', 'anna.vetrova'],
  ['Jürgen Größenfeld', 'juergen.groessenfeld'],
  ['박 하늘', 'haneul.park'],
  ['Ágnes Őszi', 'agnes.oszi'],
  ['Şule Gündoğan', 'sule.gundogan'],
  ['Čeněk Růžička', 'cenek.ruzicka'],
  ['陈 大文', 'chen.dawen'],
  ['Åsa Öhrnlund', 'asa.ohrnlund'],
] as const

export const domains = words(`
  mill.example.org forge.example.org oak.example.net elm.example.net bay.example.com cove.example.com dell.example.org
  fjord.example.net glen.example.com heath.example.org isle.example.net knoll.example.com lea.example.org moor.example.net
`)

export const folders = words(`
  core drivers lib src tools net fs base engine util backend frontend plugins modules kernel runtime storage ipc
  codec render proto platform arch sched
`)
