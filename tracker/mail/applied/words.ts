// The words by which a patch is taken, as patterns for the readers of such sentences.

export const verb = '(?:applied|pushed|merged|queued(?: up)?|committed|picked(?: up)?|pulled|upstreamed)'

/** With a place behind them they say the same. */
export const put =
  '(?:added|put|placed|taken|took|landed|staged|integrated|included|cherry-picked|backported|installed|checked in|stored|moved|committed|applied|pushed|merged|queued|picked|pulled|now)'

/** What is taken, where it is named at all. */
export const thing =
  '(?: (?:it|this(?: one)?|these|them|both|all(?: of (?:them|it))?|the (?:patch(?:es)?|series|lot|set|change)|your (?:patch(?:es)?|series|changes?)|patch(?:es)? [\\d/, and-]{1,30}|[\\d/, and-]{1,30}))?'
