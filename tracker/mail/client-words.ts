// The words that mail clients put around what they quote, by language: in a subject ("AW:"), above a quote ("schrieb"),
// as labels of the header block above an original ("Von:"), and on the rule over it ("Ursprüngliche Nachricht"). They are
// Outlook's (desktop, web, phone), Gmail's, Apple Mail's, Thunderbird's, Evolution's, K-9's, GMX's, Yahoo's and Lotus Notes'.
// Libraries that know them (email-forward-parser, email-reply-parser) keep theirs inside expressions that backtrack on
// hostile text, and lack Chinese, Japanese and Korean. Where a word is missing, shape decides (original.ts, attribution.ts).

export interface ClientWords {
  /** Before the subject of an answer, without its colon. */
  readonly reply: string
  readonly forward: string
  /** Labels of the block above an original; several are parted by `|`, as everywhere here. */
  readonly from: string
  readonly date: string
  readonly to: string
  readonly cc: string
  readonly subject: string
  /** The verb of "Ines wrote:", wherever it stands in the line. */
  readonly wrote: string
  /** On a rule, or alone on a line with a colon. */
  readonly original: string
}

/** ISO 639-1 -> words in lower case, but for the Turkish İ, which has no small letter in Unicode's simple folding. */
const clientWords: Readonly<Record<string, ClientWords>> = {
  en: {
    reply: 're',
    forward: 'fw|fwd',
    from: 'from',
    date: 'sent|date|sent on',
    to: 'to',
    cc: 'cc|bcc',
    subject: 'subject',
    wrote: 'wrote|writes|said',
    original:
      'original message|original mail|original e-mail|original email|original appointment|forwarded message|forwarded mail|forwarded by|begin forwarded message|message from|reply message|original text',
  },
  de: {
    reply: 'aw|antw|antwort',
    forward: 'wg|wtrlt',
    from: 'von|absender',
    date: 'gesendet|datum|gesendet am|gesendet von',
    to: 'an|empfänger',
    cc: 'cc|kopie|kopie (cc)|kopie an',
    subject: 'betreff|betr|thema',
    wrote: 'schrieb|schrieben|geschrieben',
    original:
      'ursprüngliche nachricht|originalnachricht|original-nachricht|original nachricht|ursprüngliche mail|weitergeleitete nachricht|anfang der weitergeleiteten nachricht|weitergeleitete mail|weitergeleitet von',
  },
  fr: {
    reply: 're|ré|rép|rep|réf|ref',
    forward: 'tr|trans',
    from: 'de|expéditeur',
    date: 'envoyé|date|envoyé le|date d’envoi',
    to: 'à|a|pour|destinataire',
    cc: 'cc|copie|copie à',
    subject: 'objet|sujet',
    wrote: 'écrit|écrivait|ecrit',
    original:
      "message d'origine|message d’origine|message original|message initial|e-mail d'origine|mail original|message transféré|message transmis|début du message transféré|début du message réexpédié|transféré par",
  },
  es: {
    reply: 're|resp',
    forward: 'rv|rm|reenv',
    from: 'de|remitente',
    date: 'enviado|fecha|enviado el|fecha de envío',
    to: 'para|a',
    cc: 'cc|copia',
    subject: 'asunto|tema',
    wrote: 'escribió|escribio|escribe',
    original: 'mensaje original|mensaje reenviado|inicio del mensaje reenviado|correo original|reenviado por',
  },
  it: {
    reply: 'r|rif|re',
    forward: 'i|inoltro',
    from: 'da|mittente',
    date: 'inviato|data|inviato il|data invio',
    to: 'a|destinatario',
    cc: 'cc|copia',
    subject: 'oggetto',
    wrote: 'scritto|scrisse|scrive',
    original: 'messaggio originale|messaggio inoltrato|inizio messaggio inoltrato|messaggio originario',
  },
  pt: {
    reply: 'res|re',
    forward: 'enc',
    from: 'de|remetente',
    date: 'enviado|data|enviada em|enviado em|enviada|enviado a|data de envio',
    to: 'para',
    cc: 'cc|cópia',
    subject: 'assunto',
    wrote: 'escreveu|escreve',
    original:
      'mensagem original|mensagem encaminhada|mensagem reencaminhada|início da mensagem encaminhada|início da mensagem reencaminhada|e-mail original',
  },
  nl: {
    reply: 'antw|betr',
    forward: 'doorst|fw',
    from: 'van|afzender',
    date: 'verzonden|datum|verzonden op|verstuurd',
    to: 'aan',
    cc: 'cc|kopie',
    subject: 'onderwerp|betreft',
    wrote: 'schreef|geschreven',
    original:
      'oorspronkelijk bericht|origineel bericht|oorspronkelijke bericht|doorgestuurd bericht|begin doorgestuurd bericht',
  },
  sv: {
    reply: 'sv',
    forward: 'vb|vbf',
    from: 'från|avsändare',
    date: 'skickat|datum|skickad',
    to: 'till',
    cc: 'kopia|cc',
    subject: 'ämne',
    wrote: 'skrev|följande',
    original:
      'ursprungligt meddelande|originalmeddelande|originalmeddelandet|vidarebefordrat meddelande|vidarebefordrat mejl',
  },
  da: {
    reply: 'sv',
    forward: 'vs|vid',
    from: 'fra|afsender',
    date: 'sendt|dato',
    to: 'til',
    cc: 'cc|kopi',
    subject: 'emne',
    wrote: 'skrev',
    original:
      'oprindelig meddelelse|original meddelelse|oprindelig besked|oprindelig mail|videresendt meddelelse|videresendt besked|start på videresendt besked',
  },
  no: {
    reply: 'sv|svar',
    forward: 'vs|vedr',
    from: 'fra|avsender',
    date: 'sendt|dato',
    to: 'til',
    cc: 'kopi|cc',
    subject: 'emne',
    wrote: 'skrev|skreiv',
    original: 'opprinnelig melding|original melding|videresendt melding|opprinnelig e-post',
  },
  fi: {
    reply: 'vs|vast',
    forward: 'vl',
    from: 'lähettäjä',
    date: 'lähetetty|päivämäärä|päiväys|pvm',
    to: 'vastaanottaja|vastaanottajat',
    cc: 'kopio|kopiot',
    subject: 'aihe',
    wrote: 'kirjoitti',
    original: 'alkuperäinen viesti|välitetty viesti|edelleenlähetetty viesti|välitetty viesti alkaa',
  },
  pl: {
    reply: 'odp',
    forward: 'pd',
    from: 'od|nadawca',
    date: 'wysłano|data|wysłane|data wysłania',
    to: 'do|adresat|odbiorca',
    cc: 'dw|kopia|do wiadomości',
    subject: 'temat',
    wrote: 'napisał|napisała|napisał(a)|napisali|pisze',
    original:
      'wiadomość oryginalna|oryginalna wiadomość|oryginalny e-mail|wiadomość pierwotna|przekazana wiadomość|treść przekazanej wiadomości|wiadomość przesłana dalej|początek przekazywanej wiadomości',
  },
  cs: {
    reply: 'odp|re',
    forward: 'přep|pre',
    from: 'od|odesílatel',
    date: 'odesláno|datum|odesláno dne',
    to: 'komu|příjemce',
    cc: 'kopie|kopie komu',
    subject: 'předmět',
    wrote: 'napsal|napsala|napsal(a)|píše',
    original:
      'původní zpráva|původní e-mail|původní email|přeposlaná zpráva|předaná zpráva|začátek přeposílané zprávy',
  },
  sk: {
    reply: 'odp|re',
    forward: 'fw',
    from: 'od|odosielateľ',
    date: 'odoslané|dátum',
    to: 'komu|pre|príjemca',
    cc: 'kópia',
    subject: 'predmet',
    wrote: 'napísal|napísala|napísal(a)',
    original: 'pôvodná správa|preposlaná správa|začiatok preposlanej správy',
  },
  hu: {
    reply: 'vá|válasz',
    forward: 'továbbítás|tov',
    from: 'feladó|küldő|kitől',
    date: 'küldve|elküldve|dátum|küldés dátuma',
    to: 'címzett|kinek',
    cc: 'másolatot kap|másolat',
    subject: 'tárgy',
    wrote: 'írta|írt|keltezéssel|időpontban',
    original: 'eredeti üzenet|eredeti levél|továbbított üzenet|továbbított levél kezdete',
  },
  tr: {
    reply: 'ynt|yan|cvp',
    forward: 'ilt|İLT|ilet',
    from: 'kimden|gönderen',
    date: 'gönderilen|gönderildi|gönderme tarihi|gönderim tarihi|tarih',
    to: 'kime|alıcı',
    cc: 'bilgi|cc',
    subject: 'konu',
    wrote: 'yazdı|yazmış',
    original:
      'özgün ileti|orijinal ileti|orijinal mesaj|özgün mesaj|İletilen İleti|iletilen ileti|İletilmiş Mesaj|iletilmiş mesaj|İleti başlangıcı',
  },
  ru: {
    reply: 'отв|на|ответ',
    forward: 'пересл|пер',
    from: 'от|от кого|отправитель',
    date: 'отправлено|дата|дата отправки|отправка',
    to: 'кому|получатель',
    cc: 'копия',
    subject: 'тема',
    wrote: 'написал|написала|написал(а)|писал|писала|пишет',
    original:
      'исходное сообщение|оригинальное сообщение|первоначальное сообщение|пересылаемое сообщение|пересланное сообщение|перенаправленное сообщение|начало переадресованного сообщения|исходное письмо',
  },
  uk: {
    reply: 'відп',
    forward: 'пересл',
    from: 'від|від кого|відправник',
    date: 'надіслано|дата|відправлено',
    to: 'кому|одержувач',
    cc: 'копія',
    subject: 'тема',
    wrote: 'написав|написала|пише',
    original:
      'оригінальне повідомлення|початкове повідомлення|переслане повідомлення|перенаправлене повідомлення|початок листа, що пересилається',
  },
  ro: {
    reply: 'răsp|rasp',
    forward: 'redir|fw',
    from: 'de la|expeditor|expeditorul',
    date: 'trimis|dată|data',
    to: 'către|destinatar|destinatarul|la',
    cc: 'cc',
    subject: 'subiect|subiectul',
    wrote: 'scris',
    original: 'mesaj original|mesajul original|mesaj redirecționat|începe mesajul redirecționat',
  },
  ja: {
    reply: '返信|re',
    forward: '転送',
    from: '差出人|送信者|送信元|発信者',
    date: '送信日時|日付|日時|送信日|送付日時',
    to: '宛先|送信先',
    cc: 'cc|写し',
    subject: '件名|題名',
    wrote: '書きました|書いた|のメッセージ|のメール|のメール内容',
    original:
      '元のメッセージ|元のメール|オリジナルメッセージ|転送されたメッセージ|メッセージを転送|転送メッセージ',
  },
  zh: {
    reply: '回复|答复|回覆|答覆|回信',
    forward: '转发|轉寄|轉發|转寄',
    from: '发件人|寄件者|寄件人|發件人|发信人',
    date: '发送时间|日期|时间|寄件日期|發送時間|傳送時間|发送日期|發送日期|已傳送',
    to: '收件人|收件者',
    cc: '抄送|副本|抄送人',
    subject: '主题|主旨|主題|标题',
    wrote: '写道|寫道|写到|寫到|写了|撰寫',
    original:
      '原始邮件|原始郵件|原邮件|邮件原件|原始信息|转发邮件|转发的邮件|轉寄郵件|轉寄的郵件|原始訊息|回复的原邮件',
  },
  ko: {
    reply: '회신|답장|re',
    forward: '전달',
    from: '보낸 사람|보낸사람|보낸 이|발신자',
    date: '보낸 날짜|보낸날짜|날짜|보낸 시간|일시|발신일',
    to: '받는 사람|받는사람|받는 이|수신자',
    cc: '참조',
    subject: '제목',
    wrote: '작성|썼습니다|님의 말|님이 쓴 글',
    original: '원본 메시지|원본 메일|원본메일|전달된 메시지|원문 메시지',
  },
}

/** All words of one kind in all languages, each once. */
export const wordsFor = (kind: keyof ClientWords): string[] => [
  ...new Set(Object.values(clientWords).flatMap(words => words[kind].split('|'))),
]
