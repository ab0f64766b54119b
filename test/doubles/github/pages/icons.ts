import { trusted, type Markup } from "./html.ts";

// Drawn here and not written as emoji: a fresh machine has no font for those.
const FACE =
  '<circle cx="8" cy="8" r="7" fill="#f5c33b"/><circle cx="5.5" cy="6.5" r="1"/><circle cx="10.5" cy="6.5" r="1"/>';
const THUMB =
  '<path fill="#f5c33b" d="M2 7h2.5v7H2zM5.5 7 8.2 1.2C9.6 1.2 10.2 2.3 9.9 3.6L9.4 6H13c1 0 1.6.8 1.4 1.8l-1 4.8c-.2.9-.9 1.4-1.7 1.4H5.5z"/>';
const SHAPES: Readonly<Record<string, string>> = {
  "+1": THUMB,
  "-1": `<g transform="matrix(1 0 0 -1 0 16)">${THUMB}</g>`,
  laugh: `${FACE}<path d="M4 9h8a4 4 0 0 1-8 0z"/>`,
  confused: `${FACE}<path d="M5 12c1.5-2 4-2.4 6-1.6" fill="none" stroke="#1f2328" stroke-width="1.2"/>`,
  heart: '<path fill="#cf222e" d="M8 14 2.2 8.3a3.5 3.5 0 0 1 5-5L8 4l.8-.7a3.5 3.5 0 0 1 5 5z"/>',
  hooray:
    '<path fill="#8250df" d="M1.5 14.5 5 6l5 5z"/><g fill="#fd8c73"><circle cx="9" cy="3" r="1.1"/><circle cx="13" cy="6" r="1.1"/><circle cx="13" cy="11" r="1.1"/></g><g fill="#1a7f37"><circle cx="6.5" cy="2" r=".9"/><circle cx="11" cy="7" r=".9"/></g>',
  rocket:
    '<path fill="#59636e" d="M14.5 1.5c-4 0-7 2-9 6l3 3c4-2 6-5 6-9z"/><path fill="#cf222e" d="M5.6 7.3 2.5 8l2 1.8zM8.7 10.4l-.7 3.1-1.8-2zM4.6 10.4 2 14l3.6-2.6z"/><circle cx="10.5" cy="5.5" r="1.3" fill="#fff"/>',
  eyes: '<g fill="#fff" stroke="#59636e"><ellipse cx="4.6" cy="8" rx="3" ry="4.4"/><ellipse cx="11.4" cy="8" rx="3" ry="4.4"/></g><circle cx="5.4" cy="9" r="1.5"/><circle cx="12.2" cy="9" r="1.5"/>',
  smile:
    '<g fill="none" stroke="#59636e" stroke-width="1.3"><circle cx="8" cy="8" r="6"/><path d="M5 9.5a3.4 3.4 0 0 0 6 0"/></g><circle cx="6" cy="6.5" r=".9"/><circle cx="10" cy="6.5" r=".9"/>',
  folder:
    '<path fill="#54aeff" d="M1 3.5A1.5 1.5 0 0 1 2.5 2H6l1.5 2h6A1.5 1.5 0 0 1 15 5.500v7a1.500 1.500 0 0 1-1.500 1.500h-11A1.500 1.500 0 0 1 1 12.500z"/>',
  file: '<path fill="none" stroke="#59636e" stroke-width="1.2" d="M3 1.500h6.500L13 5v9.500H3zM9.500 1.500V5H13"/>',
  comment: '<path fill="none" stroke="#59636e" stroke-width="1.300" d="M1.500 2.500h13v9H7l-3 3v-3H1.500z"/>',
  open: '<circle cx="8" cy="8" r="6" fill="none" stroke="#1a7f37" stroke-width="1.600"/><circle cx="8" cy="8" r="1.800" fill="#1a7f37"/>',
  done: '<circle cx="8" cy="8" r="6" fill="none" stroke="#8250df" stroke-width="1.600"/><path d="m5.300 8.200 1.900 1.900 3.500-3.700" fill="none" stroke="#8250df" stroke-width="1.600"/>',
  pull: '<g fill="none" stroke="currentColor" stroke-width="1.500"><circle cx="4" cy="3.500" r="1.800"/><circle cx="4" cy="12.500" r="1.800"/><circle cx="12" cy="12.500" r="1.800"/><path d="M4 5.300v5.400M12 10.700V6.500a2.500 2.500 0 0 0-2.500-2.500H7.500"/></g>',
  commit:
    '<path d="M0 8h4.500M11.500 8H16" stroke="#59636e" stroke-width="1.500"/><circle cx="8" cy="8" r="3.200" fill="none" stroke="#59636e" stroke-width="1.500"/>',
};

/** A small picture by name; unknown names give an empty one. */
export function icon(name: string): Markup {
  const shape = Object.hasOwn(SHAPES, name) ? (SHAPES[name] ?? "") : "";
  return trusted(`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${shape}</svg>`);
}
