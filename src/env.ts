/** The only file that reads `process.env`. */
export {};
