/** Submodules and files of Git LFS, in the sandbox of a pull's commands. */
import { expect, test } from "@jest/globals";
import { storeLfsObject } from "../doubles/github/git/lfs.ts";
import { openPull } from "./pull.ts";
import { shareStories } from "./shared-stories.ts";

const begin = shareStories();

test("what the base branch lists is there for the commands of a pull; what cannot be had is told", async () => {
  const story = await begin({
    files: {
      ".gitmodules": '[submodule "lib"]\n\tpath = vendor/lib\n\turl = ../shelf.git\n',
      ".codegen.yml": [
        "environment: { lfs: ['assets/**'], submodules: [vendor/lib] }",
        "validation:",
        "  test: head",
        "  commands: [{ name: look, run: grep -q ours assets/tea.txt && grep -q shelf vendor/lib/README.md }]",
        "",
      ].join("\n"),
    },
  });
  const { ada, at } = story;
  const repository = story.github.github.state.repositories.find(({ name }) => at.endsWith(`/${name}`));
  if (repository === undefined) throw new Error("no repository");
  await ada.api("POST", "/user/repos", { name: "shelf", auto_init: true });
  const shelf = await ada.api<{ object: { sha: string } }>("GET", "/repos/ada/shelf/git/ref/heads/main");

  const pull = await openPull(
    story,
    "assets/tea.txt",
    await storeLfsObject(story.github.github, repository, Buffer.from("ours\n")),
  );
  const link = { path: "vendor/lib", mode: "160000", type: "commit", sha: shelf.object.sha };
  const head = pull.head.sha;
  const tree = await ada.api<{ sha: string }>("POST", `${at}/git/trees`, { base_tree: head, tree: [link] });
  const commit = { message: "Add the shelf", tree: tree.sha, parents: [head] };
  const { sha } = await ada.api<{ sha: string }>("POST", `${at}/git/commits`, commit);
  await ada.api("PATCH", `${at}/git/refs/heads/${pull.head.ref}`, { sha });
  await story.drain();
  expect(await story.checkRuns(sha)).toMatchObject([{ name: "codegen / look", conclusion: "success" }]);

  const without = await openPull(story, "NOTES.md", "notes\n", "without");
  await story.drain();
  const [check] = await story.checkRuns(without.head.sha);
  expect(check).toMatchObject({ name: "codegen / look", conclusion: "action_required" });
  expect(JSON.stringify(check)).toContain(
    "The submodule `vendor/lib` cannot be checked out: the commit has no submodule",
  );
}, 60_000);
