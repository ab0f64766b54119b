import type { ErrorObject } from "ajv";

const MOST = 10;

/**
 * Says what is wrong in sentences: `WHERE: /labels/0/color must be string`. Of a failed alternative only the
 * branch that came closest is told, as the others would bury it. At most ten problems, then their number.
 */
export function describeProblems(where: string, errors: ErrorObject[]): string[] {
  const relevant = withoutEchoes(closest(errors));
  const sentences = new Set(relevant.map((error) => `${where}: ${sentence(error, relevant)}`));
  const told = [...sentences].slice(0, MOST);
  if (sentences.size > MOST) told.push(`${where}: and ${sentences.size - MOST} more`);
  return told;
}

function closest(errors: ErrorObject[]): ErrorObject[] {
  let kept = errors;
  for (const choice of errors.filter((error) => error.keyword === "anyOf")) {
    const at = choice.instancePath;
    const inside = kept.filter(
      (error) => error.instancePath.startsWith(`${at}/`) || (isAt(error, at) && isAboutShape(error)),
    );
    if (inside.length > 0) {
      kept = kept.filter((error) => !isAt(error, at) || isAboutShape(error));
    } else {
      const types = kept
        .filter((error) => isAt(error, at) && error.keyword === "type")
        .map((error) => error.params.type);
      const others = kept.filter((error) => !isAt(error, at) || !["type", "anyOf"].includes(error.keyword));
      kept = [
        ...others,
        { ...choice, message: `must be ${types.flat().join(" or ") || "one of the described alternatives"}` },
      ];
    }
  }
  return kept;
}

/** A property of the wrong type counts as "not evaluated" too; that second problem says nothing new. */
function withoutEchoes(errors: ErrorObject[]): ErrorObject[] {
  return errors.filter((error) => {
    if (error.keyword !== "unevaluatedProperties") return true;
    const property = `${error.instancePath}/${String(error.params.unevaluatedProperty)}`;
    return !errors.some((other) => isAt(other, property) || other.instancePath.startsWith(`${property}/`));
  });
}

function isAt(error: ErrorObject, path: string): boolean {
  return error.instancePath === path;
}

function isAboutShape(error: ErrorObject): boolean {
  return ["required", "unevaluatedProperties", "additionalProperties", "enum", "format", "pattern"].includes(
    error.keyword,
  );
}

function missingAt(path: string, all: ErrorObject[]): string[] {
  const missing = all.filter((error) => error.keyword === "required" && isAt(error, path));
  return [...new Set(missing.map((error) => String(error.params.missingProperty)))];
}

function sentence(error: ErrorObject, all: ErrorObject[]): string {
  const at = error.instancePath;
  const params: Record<string, unknown> = error.params;
  switch (error.keyword) {
    case "unevaluatedProperties":
      return `${at}/${String(params.unevaluatedProperty)} is not described by GitHub`;
    case "additionalProperties":
      return `${at}/${String(params.additionalProperty)} is not described by GitHub`;
    case "required":
      return `${at || "/"} must have ${missingAt(at, all).join(", ")}`;
    case "enum":
    case "const":
      return `${at || "/"} must be one of ${JSON.stringify(params.allowedValues ?? params.allowedValue)}`;
    case "type":
      return `${at || "/"} must be ${[params.type].flat().join(" or ")}`;
    default:
      return `${at || "/"} ${error.message ?? error.keyword}`;
  }
}
