import { linkGone } from "../../../src/messages/run-page.ts";
import { assetPath } from "./assets.ts";
import { html } from "./html.ts";

/** For links that are wrong or too old, and for runs that are gone. */
export function goneView(): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${linkGone.title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${assetPath.style}" />
      </head>
      <body>
        <main>
          <h1>${linkGone.title}</h1>
          ${linkGone.text.map((text) => html`<p>${text}</p>`)}
        </main>
      </body>
    </html>`.text;
}
