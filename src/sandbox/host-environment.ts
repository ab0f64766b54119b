/** What programs of the host see that we start around a sandbox; nothing of the bot's own environment. */
export const hostEnvironment = {
  PATH: "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
  LC_ALL: "C.UTF-8",
};
