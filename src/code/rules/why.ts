/** Why what others decide is dangerous in a place, said in the same words for all languages. */

export const command = (instead: string) =>
  `Whoever decides this text can run any command: a shell reads it. ${instead}`;
export const sql = (instead: string) =>
  `Whoever decides a part of this query can read and change anything in the database. ${instead}`;
export const code = (instead: string) => `This runs text as a program, with all that this process may do. ${instead}`;
export const html = (instead: string) => `Text of others becomes part of the page here, scripts included. ${instead}`;
export const path = (instead: string) => `The request decides which file is meant, \`../\` included. ${instead}`;
export const ssrf =
  "The request decides which address this server asks, those of the inner network included. Compare the host with a list of allowed ones.";
export const redirect =
  "The request decides where the visitor is sent, so a link to this site can lead to a forged one. Allow only paths of this site or listed hosts.";
export const hash = (instead: string) =>
  `MD5 and SHA-1 are broken: two contents with the same hash can be made. ${instead} If it is no protection, say so with \`codegen:ignore\`.`;
export const cipher = "This cipher is broken or shows patterns of the text. Use AES-GCM or ChaCha20-Poly1305.";
export const random = (instead: string) => `These numbers can be predicted, and a secret is made of them. ${instead}`;
export const tls =
  "Without the check of certificates anybody on the way can read and change what is sent. Trust the missing authority instead.";
export const jwt =
  "The signature of the token is not checked here, so anybody can write one. Verify it with the key and a fixed algorithm.";
export const redos =
  "A repetition within a repetition can take exponential time on a hostile text. Make the two unable to match the same characters.";
export const unreachable = "This is never reached: what stands before it always leaves. Remove it, or move it up.";
export const same =
  "Both sides are the same, so the result is always the same. One of them was probably meant to be something else.";
export const condition = "This condition was already asked above with the same words, so its branch is never taken.";
export const swallowed =
  "An error disappears here without a trace. Handle it, pass it on, or say in a comment why it does not matter.";
export const left = (what: string) => `${what} was left here from debugging. Remove it.`;
export const finallyLeaves =
  "Leaving a `finally` drops the error or the result that was on its way. Move it behind the block.";
