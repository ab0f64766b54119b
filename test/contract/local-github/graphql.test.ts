import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { handleGraphql } from "../../doubles/github/graphql/handle-graphql.ts";
import { createAccount } from "../../doubles/github/operations/accounts.ts";
import { createIssue } from "../../doubles/github/operations/issues.ts";
import { failure, Scene } from "./graphql-scene.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await Scene.open();
});

afterEach(async () => {
  await scene.close();
});

describe("reading", () => {
  test("gives a repository with its branch, files and commit", async () => {
    const answer = await scene.asBot(
      `query ($owner: String!, $name: String!) {
        viewer { login }
        repository(owner: $owner, name: $name) {
          nameWithOwner isPrivate
          defaultBranchRef { name target { oid ... on Commit { messageHeadline messageBody history(first: 5) { totalCount } } } }
          file: object(expression: "main:src/a.ts") { ... on Blob { text byteSize isBinary } }
          tree: object(expression: "HEAD:") { ... on Tree { entries { name type mode } } }
          absent: object(expression: "main:nothing") { oid }
        }
      }`,
      { owner: "octo", name: "shop" },
    );
    expect(answer).toEqual({
      viewer: { login: "codegen[bot]" },
      repository: {
        nameWithOwner: "octo/shop",
        isPrivate: false,
        defaultBranchRef: {
          name: "main",
          target: { oid: scene.base, messageHeadline: "Begin", messageBody: "With a body", history: { totalCount: 1 } },
        },
        file: { text: "export const a = 1;\n", byteSize: 20, isBinary: false },
        tree: {
          entries: [
            { name: "run.sh", type: "blob", mode: 0o100755 },
            { name: "src", type: "tree", mode: 0o040000 },
          ],
        },
        absent: null,
      },
    });
  });

  test("refuses a field that GitHub's schema does not have, in GitHub's words", async () => {
    const error = await failure(scene.asBot("{ viewer { login shoeSize } }"));
    expect(error.errors).toEqual([
      {
        message: "Field 'shoeSize' doesn't exist on type 'User'",
        locations: [{ line: 1, column: 18 }],
        extensions: { code: "undefinedField", typeName: "User", fieldName: "shoeSize" },
      },
    ]);
  });

  test("refuses and records a field that only the real GitHub answers", async () => {
    const error = await failure(scene.asBot('{ repository(owner: "octo", name: "shop") { diskUsage } }'));
    expect(error.errors).toMatchObject([{ type: "NOT_IMPLEMENTED", path: ["repository", "diskUsage"] }]);
    expect(scene.github.violations.map((violation) => violation.where)).toEqual(["GraphQL Repository.diskUsage"]);
  });

  test("answers NOT_FOUND with the path, beside what could be resolved", async () => {
    const error = await failure(scene.asBot('{ viewer { login } repository(owner: "octo", name: "lost") { id } }'));
    expect(error.data).toEqual({ viewer: { login: "codegen[bot]" }, repository: null });
    expect(error.errors).toMatchObject([
      {
        type: "NOT_FOUND",
        path: ["repository"],
        message: "Could not resolve to a Repository with the name 'octo/lost'.",
      },
    ]);
  });

  test("hides a private repository from those who may not see it", async () => {
    scene.repository.private = true;
    const { account } = createAccount(scene.github, { login: "eve", type: "User" });
    const ask = '{ repository(owner: "octo", name: "shop") { id } }';
    expect((await failure(scene.as({ kind: "user", user: account }, ask))).errors).toMatchObject([
      { type: "NOT_FOUND" },
    ]);
    expect(await scene.asBot(ask)).toHaveProperty("repository.id");
  });

  test("pages with cursors, and insists on a bound", async () => {
    for (const title of ["one", "two", "three"])
      await createIssue(scene.github, scene.owner, scene.repository, { title });
    const page = `query ($after: String) { repository(owner: "octo", name: "shop") {
      issues(first: 2, after: $after) { totalCount nodes { title } pageInfo { hasNextPage endCursor } } } }`;
    const first = await scene.asBot<Issues>(page);
    expect(first.repository.issues).toMatchObject({ totalCount: 3, nodes: [{ title: "one" }, { title: "two" }] });
    expect(first.repository.issues.pageInfo.hasNextPage).toBe(true);
    const second = await scene.asBot<Issues>(page, { after: first.repository.issues.pageInfo.endCursor });
    expect(second.repository.issues.nodes).toEqual([{ title: "three" }]);
    expect(second.repository.issues.pageInfo.hasNextPage).toBe(false);
    const unbound = await failure(scene.asBot('{ repository(owner: "octo", name: "shop") { issues { totalCount } } }'));
    expect(unbound.errors).toMatchObject([{ type: "MISSING_PAGINATION_BOUNDARIES" }]);
    const greedy = await failure(
      scene.asBot('{ repository(owner: "octo", name: "shop") { issues(first: 500) { totalCount } } }'),
    );
    expect(greedy.errors).toMatchObject([{ type: "EXCESSIVE_PAGINATION" }]);
  });

  test("finds objects again by their node ids", async () => {
    const issue = await createIssue(scene.github, scene.owner, scene.repository, { title: "A bug" });
    const ids = [scene.github.nodeId("Issue", issue.id), scene.github.nodeId("Repository", scene.repository.id)];
    const found = await scene.asBot("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", { ids });
    expect(found).toEqual({
      nodes: [
        { __typename: "Issue", id: ids[0] },
        { __typename: "Repository", id: ids[1] },
      ],
    });
    const lost = await failure(scene.asBot('{ node(id: "I_nothing") { id } }'));
    expect(lost.errors).toMatchObject([{ type: "NOT_FOUND", path: ["node"] }]);
  });

  test("is closed to those who show no token", async () => {
    const answer = await handleGraphql({
      github: scene.github,
      actor: { kind: "anonymous" },
      query: "{ viewer { login } }",
    });
    expect(answer.status).toBe(401);
  });
});

describe("a conversation", () => {
  test("takes comments, changes, reactions and hiding", async () => {
    const issue = await createIssue(scene.github, scene.owner, scene.repository, { title: "A bug" });
    const subjectId = scene.github.nodeId("Issue", issue.id);
    const added = await scene.asBot<{ addComment: { commentEdge: { node: { id: string } } } }>(
      'mutation ($id: ID!) { addComment(input: { subjectId: $id, body: "Hello", clientMutationId: "7" }) { clientMutationId commentEdge { node { id body author { login } } } } }',
      { id: subjectId },
    );
    expect(added.addComment).toMatchObject({
      clientMutationId: "7",
      commentEdge: { node: { body: "Hello", author: { login: "codegen" } } },
    });
    const { id } = added.addComment.commentEdge.node;
    expect(
      await scene.asBot(
        `mutation ($id: ID!) {
          updateIssueComment(input: { id: $id, body: "Hello there" }) { issueComment { body } }
          addReaction(input: { subjectId: $id, content: EYES }) { reaction { content } }
          minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) { minimizedComment { isMinimized minimizedReason } }
          closeIssue(input: { issueId: "${subjectId}", stateReason: NOT_PLANNED }) { issue { state stateReason } }
        }`,
        { id },
      ),
    ).toEqual({
      updateIssueComment: { issueComment: { body: "Hello there" } },
      addReaction: { reaction: { content: "EYES" } },
      minimizeComment: { minimizedComment: { isMinimized: true, minimizedReason: "outdated" } },
      closeIssue: { issue: { state: "CLOSED", stateReason: "NOT_PLANNED" } },
    });
    expect(scene.events.map((event) => `${event.event}.${event.action}`)).toEqual([
      "issues.opened",
      "issue_comment.created",
      "issue_comment.edited",
      "issues.closed",
    ]);
  });

  test("creates a branch once", async () => {
    const create = `mutation ($id: ID!, $oid: GitObjectID!) {
      createRef(input: { repositoryId: $id, name: "refs/heads/codegen/issue-1", oid: $oid }) { ref { name prefix target { oid } } } }`;
    const variables = { id: scene.github.nodeId("Repository", scene.repository.id), oid: scene.base };
    expect(await scene.asBot(create, variables)).toEqual({
      createRef: { ref: { name: "codegen/issue-1", prefix: "refs/heads/", target: { oid: scene.base } } },
    });
    expect((await failure(scene.asBot(create, variables))).errors).toMatchObject([
      { type: "UNPROCESSABLE", message: 'A ref named "refs/heads/codegen/issue-1" already exists in the repository.' },
    ]);
    expect(scene.events.map((event) => event.event)).toEqual(expect.arrayContaining(["create", "push"]));
  });

  test("moves a branch forward only, unless forced, and deletes it", async () => {
    await scene.pushBranch("fix");
    const git = scene.github.git(scene.repository);
    const tip = await git.resolve("refs/heads/fix");
    const refId = scene.github.nodeId("Ref", `${scene.repository.id}:refs/heads/fix`);
    const update = `mutation ($id: ID!, $oid: GitObjectID!, $force: Boolean) {
      updateRef(input: { refId: $id, oid: $oid, force: $force }) { ref { target { oid } } } }`;
    expect((await failure(scene.asBot(update, { id: refId, oid: scene.base }))).errors).toMatchObject([
      { type: "UNPROCESSABLE", message: "Update is not a fast forward" },
    ]);
    expect(await git.resolve("refs/heads/fix")).toBe(tip);
    await scene.asBot(update, { id: refId, oid: scene.base, force: true });
    expect(await git.resolve("refs/heads/fix")).toBe(scene.base);
    await scene.asBot("mutation ($id: ID!) { deleteRef(input: { refId: $id }) { clientMutationId } }", { id: refId });
    expect(await git.resolve("refs/heads/fix")).toBeNull();
  });

  test("puts labels on and takes them and reactions away", async () => {
    const issue = await createIssue(scene.github, scene.owner, scene.repository, { title: "A bug", labels: ["bug"] });
    const [label] = scene.github.state.labels;
    const variables = {
      issue: scene.github.nodeId("Issue", issue.id),
      label: scene.github.nodeId("Label", label?.id ?? 0),
    };
    const labels = "labelable { ... on Issue { labels(first: 5) { nodes { name } } } }";
    const answer = await scene.asBot(
      `mutation ($issue: ID!, $label: ID!) {
        removed: removeLabelsFromLabelable(input: { labelableId: $issue, labelIds: [$label] }) { ${labels} }
        added: addLabelsToLabelable(input: { labelableId: $issue, labelIds: [$label] }) { ${labels} }
        addReaction(input: { subjectId: $issue, content: HEART }) { subject { id } }
        removeReaction(input: { subjectId: $issue, content: HEART }) { reaction { content } }
      }`,
      variables,
    );
    expect(answer).toEqual({
      removed: { labelable: { labels: { nodes: [] } } },
      added: { labelable: { labels: { nodes: [{ name: "bug" }] } } },
      addReaction: { subject: { id: variables.issue } },
      removeReaction: { reaction: { content: "HEART" } },
    });
    expect(scene.github.state.reactions).toEqual([]);
  });
});

type Issues = {
  repository: { issues: { nodes: { title: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
};
