import { instead } from "../fixes.ts";
import { decidedByOthers, isNotConstant, isSqlOfOthers, leadsElsewhere, originOf, says } from "../reports.ts";
import type { Rule } from "../rule.ts";
import * as why from "../why.ts";

const python = ["python"] as const;

/** What others say becomes a part of a program, a query, a page, or decides where to go. */
export const pythonInjection: readonly Rule[] = [
  {
    id: "security/command-injection",
    languages: python,
    severity: "error",
    cwe: 78,
    words: ["system(", "popen(", "getoutput(", "getstatusoutput(", "create_subprocess_shell("],
    query: `(call function: (attribute object: (_) @object attribute: (identifier) @name) arguments: (argument_list . (_) @found)
      (#any-of? @name "system" "popen" "getoutput" "getstatusoutput" "create_subprocess_shell")
      (#any-of? @object "os" "subprocess" "commands" "asyncio" "asyncio.subprocess"))`,
    reports: decidedByOthers({ whole: 2, composed: 1 }),
    message: why.command("Call `subprocess.run` with a list of arguments instead."),
    examples: {
      bad: [
        'import os\ndef log(branch):\n    os.system(f"git log {branch}")\n',
        'import os, sys\nos.popen("cat " + sys.argv[1])\n',
        'import os\ndef f(name):\n    command = "ls %s" % name\n    os.system(command)\n',
        'import os\ndef f(name):\n    os.system("ls {}".format(name))\n',
      ],
      good: [
        'import os\nos.system("clear")\n',
        "import os, shlex\ndef f(name):\n    os.system(f'ls {shlex.quote(name)}')\n",
        'import os\ndef f(count: int):\n    os.system(f"head -n {count} x")\n',
      ],
    },
  },
  {
    id: "security/command-injection",
    languages: python,
    severity: "error",
    cwe: 78,
    words: ["shell"],
    query: `(call arguments: (argument_list . (_) @found (keyword_argument name: (identifier) @key value: (true)) (#eq? @key "shell")))`,
    reports: decidedByOthers({ whole: 2, composed: 1 }),
    message: why.command("Leave `shell=True` away and give a list of arguments."),
    examples: {
      bad: ['import subprocess\ndef f(name):\n    subprocess.run(f"convert {name}", shell=True, check=True)\n'],
      good: ['subprocess.run("make all", shell=True)\n', 'def f(name):\n    subprocess.run(["convert", name])\n'],
    },
  },
  {
    id: "security/sql-injection",
    languages: python,
    severity: "error",
    cwe: 89,
    words: [
      "execute(",
      "executemany(",
      "executescript(",
      "raw(",
      "read_sql(",
      "read_sql_query(",
      "RawSQL(",
      "text(",
      "fetch(",
      "fetchrow(",
      "fetchval(",
    ],
    query: `(call function: [(identifier) @name (attribute attribute: (identifier) @name)] arguments: (argument_list . (_) @found)
      (#any-of? @name "execute" "executemany" "executescript" "raw" "read_sql" "read_sql_query" "RawSQL" "text" "fetch" "fetchrow" "fetchval"))`,
    reports: isSqlOfOthers(),
    message: why.sql("Use placeholders and pass the values beside the text."),
    examples: {
      bad: [
        "def f(cursor, name):\n    cursor.execute(f\"SELECT * FROM users WHERE name = '{name}'\")\n",
        "def f(cursor, name):\n    query = \"DELETE FROM users WHERE name = '%s'\" % name\n    cursor.execute(query)\n",
        'def f(db, name):\n    db.execute("UPDATE t SET a = 1 WHERE n = " + name)\n',
      ],
      good: [
        'def f(cursor, name):\n    cursor.execute("SELECT * FROM users WHERE name = %s", (name,))\n',
        'TABLE = "users"\ndef f(cursor):\n    cursor.execute(f"SELECT * FROM {TABLE}")\n',
        'def f(cursor, id: int):\n    cursor.execute(f"SELECT * FROM users WHERE id = {id}")\n',
      ],
    },
  },
  {
    id: "security/path-traversal",
    languages: python,
    severity: "error",
    cwe: 22,
    words: ["open(", "send_file(", "remove(", "unlink(", "rmtree(", "FileResponse("],
    query: `(call function: [(identifier) @name (attribute attribute: (identifier) @name)] arguments: (argument_list . (_) @found)
      (#any-of? @name "open" "send_file" "remove" "unlink" "rmtree" "FileResponse"))`,
    reports: decidedByOthers({ whole: 3, composed: 3 }),
    message: why.path("Resolve it and check that it still lies in the directory that is meant, or use `safe_join`."),
    examples: {
      bad: [
        'def view(request):\n    return open("files/" + request.GET["name"]).read()\n',
        '@app.get("/<name>")\ndef show(name):\n    return send_file(os.path.join(root, name))\n',
      ],
      good: [
        'open("settings.json")\n',
        "def read(name):\n    return open(os.path.join(root, name))\n",
        'def view(request):\n    return open("files/" + secure_filename(request.GET["name"]))\n',
      ],
    },
  },
  {
    id: "security/path-traversal",
    languages: python,
    severity: "warning",
    cwe: 22,
    words: ["extractall"],
    query: `(call function: (attribute attribute: (identifier) @found) arguments: (argument_list) @arguments (#eq? @found "extractall"))`,
    reports: (found) =>
      says(found, /\btarfile\b/) &&
      !says(found, /\bzipfile\b/) &&
      !/filter\s*=|members\s*=/.test(found.text("arguments")),
    message: 'An archive can name files outside of the directory, `../` included. Give `filter="data"`.',
    examples: {
      bad: ["import tarfile\ntarfile.open(path).extractall(target)\n"],
      good: [
        'import tarfile\ntarfile.open(path).extractall(target, filter="data")\n',
        "import zipfile\nzipfile.ZipFile(path).extractall(target)\n",
      ],
    },
  },
  {
    id: "security/eval",
    languages: python,
    severity: "error",
    cwe: 95,
    words: ["eval(", "exec("],
    query: `(call function: (identifier) @name arguments: (argument_list . (_) @found) (#any-of? @name "eval" "exec"))`,
    reports: (found) =>
      isNotConstant()(found) && !found.text("found").startsWith("compile(") && !says(found, /\bdef (?:eval|exec)\(/),
    message: why.code("Parse data with `ast.literal_eval` or `json.loads`, or look the function up in a dictionary."),
    examples: {
      bad: ["def f(text):\n    return eval(text)\n", 'exec(f"import {name}")\n'],
      good: ['eval("1 + 1")\n', "model.eval()\n", "ast.literal_eval(text)\n"],
    },
  },
  {
    id: "security/html-injection",
    languages: python,
    severity: "error",
    cwe: 79,
    words: ["Markup(", "mark_safe(", "HttpResponse(", "HTMLResponse("],
    query: `(call function: [(identifier) @name (attribute attribute: (identifier) @name)] arguments: (argument_list . (_) @found)
      (#any-of? @name "Markup" "mark_safe" "HttpResponse" "HTMLResponse"))`,
    reports: (found) => {
      const { reach, text } = originOf(found);
      return found.text("name").endsWith("Response")
        ? reach === 3 && text.includes("<")
        : reach >= 1 && text.includes("<");
    },
    message: why.html("Use a template that escapes, or `format_html`."),
    examples: {
      bad: [
        'def badge(name):\n    return mark_safe(f"<b>{name}</b>")\n',
        'def view(request):\n    return HttpResponse("<p>" + request.GET["name"])\n',
      ],
      good: [
        'mark_safe("<hr>")\n',
        'def badge(name):\n    return mark_safe(f"<b>{escape(name)}</b>")\n',
        "def f(html):\n    return mark_safe(html)\n",
      ],
    },
  },
  {
    id: "security/template-injection",
    languages: python,
    severity: "error",
    cwe: 1336,
    words: ["render_template_string(", "from_string(", "Template("],
    query: `(call function: [(identifier) @name (attribute attribute: (identifier) @name)] arguments: (argument_list . (_) @found)
      (#any-of? @name "render_template_string" "from_string" "Template"))`,
    reports: (found) =>
      says(found, /jinja2|flask|mako/i) &&
      decidedByOthers({ whole: 3, composed: found.text("name") === "Template" ? 3 : 1 })(found),
    message:
      "What others write becomes a part of the template, and templates can run Python. Pass it to a constant template as a value.",
    examples: {
      bad: [
        'from flask import render_template_string\ndef view(name):\n    return render_template_string(f"<h1>Hello {name}</h1>")\n',
      ],
      good: [
        'from flask import render_template_string\ndef view(name):\n    return render_template_string("<h1>{{ name }}</h1>", name=name)\n',
      ],
    },
  },
  {
    id: "security/unsafe-deserialisation",
    languages: python,
    severity: "error",
    cwe: 502,
    words: ["pickle(", "cPickle(", "dill(", "marshal(", "jsonpickle(", "shelve", "cloudpickle("],
    query: `(call function: (attribute object: (identifier) @object attribute: (identifier) @name) @found arguments: (argument_list . (_) @data)
      (#any-of? @object "pickle" "cPickle" "dill" "marshal" "jsonpickle" "cloudpickle") (#any-of? @name "load" "loads" "decode"))`,
    // A copy by way of pickle reads what was just written.
    reports: (found) => !/dumps?\(|encode\(/.test(found.text("data")),
    message: "Reading these data can run any program that they name. Use JSON, or sign the data and check that before.",
    examples: {
      bad: [
        "import pickle\ndef load(data):\n    return pickle.loads(data)\n",
        "import pickle\npickle.load(open(path, 'rb'))\n",
      ],
      good: ["import pickle\ncopy = pickle.loads(pickle.dumps(thing))\n", "import json\njson.loads(data)\n"],
    },
  },
  {
    id: "security/unsafe-deserialisation",
    languages: python,
    severity: "error",
    cwe: 502,
    words: ["yaml("],
    query: `(call function: (attribute object: (identifier) @object attribute: (identifier) @name) @found arguments: (argument_list) @arguments
      (#eq? @object "yaml") (#any-of? @name "load" "load_all" "unsafe_load" "unsafe_load_all" "full_load"))`,
    reports: (found) =>
      found.text("name").startsWith("unsafe") ||
      (!found.text("name").startsWith("full") &&
        !/\b\w*(?:Safe|Base)Loader\b|Loader\s*=\s*(?!yaml\.(?:Unsafe|Full)?Loader|(?:Unsafe|Full)?Loader\b)/.test(
          found.text("arguments"),
        )),
    message: "YAML can name Python objects, and reading it then runs them. Use `yaml.safe_load`.",
    examples: {
      bad: [
        "import yaml\nyaml.load(text)\n",
        "import yaml\nyaml.load(text, Loader=yaml.Loader)\n",
        "import yaml\nyaml.unsafe_load(text)\n",
      ],
      good: [
        "import yaml\nyaml.safe_load(text)\n",
        "import yaml\nyaml.load(text, Loader=yaml.CSafeLoader)\n",
        "import yaml\nyaml.load(text, Loader=MyLoader)\n",
      ],
    },
    fix: (found) =>
      /^\([^,()]+\)$/.test(found.text("arguments")) && found.text("name") === "load"
        ? instead(found, "yaml.safe_load")
        : null,
    fixed: "import yaml\nyaml.safe_load(text)\n",
  },
  {
    id: "security/xxe",
    languages: python,
    severity: "error",
    cwe: 611,
    words: ["resolve_entities", "feature_external_ges"],
    query: `
      (call arguments: (argument_list (keyword_argument name: (identifier) @key value: (true)) @found) (#eq? @key "resolve_entities"))
      (call arguments: (argument_list (_) @found . (true)) (#match? @found "feature_external_ges"))`,
    message:
      "With entities replaced, an XML document can read files of this machine and ask other servers. Leave them alone, or use defusedxml.",
    examples: {
      bad: ["parser = etree.XMLParser(resolve_entities=True)\n", "parser.setFeature(feature_external_ges, True)\n"],
      good: ["parser = etree.XMLParser(resolve_entities=False)\n"],
    },
  },
  {
    id: "security/ssrf",
    languages: python,
    severity: "error",
    cwe: 918,
    words: ["requests(", "httpx(", "urlopen(", "session(", "client("],
    query: `(call function: [(identifier) @name (attribute object: (_) @object attribute: (identifier) @name)] arguments: (argument_list . (_) @found)
      (#any-of? @name "get" "post" "put" "patch" "delete" "head" "request" "urlopen" "stream"))`,
    reports: (found) =>
      /^(?:requests|httpx|session|client|)$|^urllib/.test(found.text("object")) &&
      (found.text("object") !== "" || found.text("name") === "urlopen") &&
      leadsElsewhere()(found),
    message: why.ssrf,
    examples: {
      bad: [
        '@app.get("/proxy")\ndef proxy():\n    return requests.get(request.args["url"]).text\n',
        "def view(request):\n    urlopen(f\"https://{request.GET['host']}/x\")\n",
      ],
      good: [
        "def view(request):\n    requests.get(f\"https://api.example.com/{request.GET['id']}\")\n",
        "def load(url):\n    return requests.get(url)\n",
      ],
    },
  },
  {
    id: "security/open-redirect",
    languages: python,
    severity: "warning",
    cwe: 601,
    words: ["redirect(", "HttpResponseRedirect(", "RedirectResponse("],
    query: `(call function: [(identifier) @name (attribute attribute: (identifier) @name)] arguments: (argument_list . (_) @found)
      (#any-of? @name "redirect" "HttpResponseRedirect" "RedirectResponse"))`,
    reports: leadsElsewhere(),
    message: why.redirect,
    examples: {
      bad: ['def view():\n    return redirect(request.args.get("next"))\n'],
      good: [
        'def view():\n    return redirect("/users/" + request.args["id"])\n',
        'def view():\n    target = request.args["next"]\n    if not url_has_allowed_host_and_scheme(target):\n        abort(400)\n    return redirect(target)\n',
      ],
    },
  },
];
