/** Signs of no script: they stand in a text for what is not constant in it. */

export const unknown = "\uE000";
/** For what a request says. */
export const asked = "\uE001";
export const holes = /[\uE000\uE001]/g;
