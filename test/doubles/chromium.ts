import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright";

// The first takes a third of the others' processor time.
const places = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/**
 * The system's Chromium, for pages of this machine.
 * @param path `CHROMIUM_PATH`, where it is set
 * @throws Error that says what to install
 */
export async function openChromium(path?: string): Promise<Browser> {
  const executablePath = path ?? places.find((place) => existsSync(place));
  if (executablePath === undefined)
    throw new Error("Chromium is missing: apt-get install chromium, or set CHROMIUM_PATH to the one that you have.");
  // Chromium's own sandbox refuses root, and what is shown here is ours.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath, args: [...args, "--disable-gpu", "--disable-background-networking"] });
}
