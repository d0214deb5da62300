// Whether a part of a mail is a patch. Its type and name say so when git sent it; a client calls the same file `fix.txt`,
// `0001-x.patch.txt`, application/octet-stream or nothing at all, so its text decides.

/** A part that hangs on the mail and whose text is a patch, as far as its beginning tells. */
export const looksLikePatch = (text: string): boolean =>
  patchHead.test(text.slice(0, headCharacters)) || diffHead.test(text.slice(0, headCharacters))

/** A text that begins as git format-patch and Mercurial write it: so it is no words of the mail it lies in. */
export const beginsAsPatch = (text: string): boolean => patchHead.test(text.slice(0, headCharacters))

/** A long commit message stands above its diff. */
const headCharacters = 40_000

const patchHead =
  /^\s{0,20}(?:>?From [0-9a-f]{40,64} [A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} [\d:]{8} \d{4}\r?\n|# HG changeset patch\r?\n)/

const diffHead =
  /^(?:diff --git \S[^\n]*\n|Index: \S[^\n]*\n={20}|--- \S[^\n]*\n\+\+\+ \S[^\n]*\n@@ -|\*\*\* \S[^\n]*\n--- \S[^\n]*\n\*{15})/m
