import type { Family } from "./family.ts";

/** What of a language brings values from outside, and what takes the danger out of them. Patterns are tried on the text of an expression. */
export interface Sources {
  /** What somebody at the other end of a connection says. */
  readonly request: RegExp;
  /** What the surroundings of the process say: arguments, environment, input. */
  readonly surroundings: RegExp;
  /** Types of parameters whose values come with a request. */
  readonly requestType?: RegExp;
  /** Types that hold no text. */
  readonly plainType: RegExp;
  /** Functions whose result is harmless, by their last name, and for commands, paths and pages alike. */
  readonly cleans: RegExp;
  /** Functions and methods whose result is as harmful as what goes in, by their last name. */
  readonly passes: RegExp;
  /** Calls that test a value before it is used, by their last name. */
  readonly tests: RegExp;
}

const numbers = "number|bigint|boolean|Date|int|float|bool|complex|UUID|Decimal|date|datetime";
const javaNumbers =
  "int|long|short|byte|char|double|float|boolean|Integer|Long|Short|Double|Float|Boolean|UUID|BigInteger|BigDecimal|LocalDate|Instant|Class<.*>";

export const sourcesOf: Readonly<Record<Family, Sources>> = {
  ecma: {
    request: new RegExp(
      [
        String.raw`^(?:this\.)?(?:req|request|ctx\.request|ctx\.req|context\.request|c\.req|event\.request)\??\.(?:body|query|params|param|headers?|cookies|signedCookies|url|originalUrl|hostname|files?|rawBody|formData|json|text|searchParams|nextUrl|get|queries|parseBody)\b`,
        String.raw`^(?:ctx|context)\.(?:query|params|querystring)\b`,
        String.raw`^event\??\.(?:queryStringParameters|multiValueQueryStringParameters|pathParameters|rawPath|rawQueryString)\b`,
        String.raw`^(?:(?:window|document|self|globalThis)\.)*location\.(?:hash|search|href|pathname)\b`,
        String.raw`^document\.(?:URL|documentURI|referrer|cookie)\b`,
        String.raw`^window\.name$`,
      ].join("|"),
    ),
    surroundings:
      /^process\.(?:argv|env)\b|^(?:window\.)?prompt\(|^Deno\.args\b|^Bun\.argv\b|^(?:await )?(?:rl|readline)\.question\(/,
    plainType: new RegExp(`^:?\\s*(?:${numbers})(?:\\s*\\|\\s*(?:undefined|null|${numbers}))*$`),
    cleans:
      /^(?:encodeURIComponent|encodeURI|escape\w*|\w*[eE]scape(?:d|Html|HTML|Xml|Id|Regex|RegExp|Shell|Arg|Identifier)?|\w*[sS]aniti[sz]e\w*|purify|parseInt|parseFloat|Number|BigInt|Boolean|basename|quote\w*|shellQuote|stringify|digest|validate\w*|parseUrl\w*|isValid\w*|createHash|toFixed|indexOf|toISOString|getTime|randomUUID|id|slug\w*|kebab\w*)$/,
    passes:
      /^(?:String|URL|URLSearchParams|RegExp|Object|Array|Buffer|decodeURIComponent|decodeURI|unescape|atob|from|raw|toString|trim|trimStart|trimEnd|toLowerCase|toUpperCase|slice|substring|substr|substring|concat|replace|replaceAll|normalize|split|join|at|charAt|get|getAll|pop|shift|padStart|padEnd|repeat|assign|values|entries|filter|find|flat|reverse|sort|resolve|format|then|text|json|query|param|valueOf|toSorted)$/,
    tests:
      /^(?:test|includes|has|hasOwn|isInteger|isSafeInteger|isFinite|isUUID|isURL|isAlphanumeric|assert\w*|validate\w*|isValid\w*|isAllowed\w*|isSafe\w*|check\w*|startsWith|indexOf|match)$/,
  },
  python: {
    request: new RegExp(
      [
        String.raw`^(?:self\.|flask\.)?request\.(?:args|form|values|json|data|cookies|headers|files|GET|POST|META|body|query_params|path_params|query_string|get_json|get_data|query|params|url|path|full_path|query_arguments|match_info|rel_url)\b`,
        String.raw`^self\.get_(?:query_|body_)?arguments?\(`,
      ].join("|"),
    ),
    surroundings: /^sys\.(?:argv|stdin)\b|^os\.(?:environ|getenv)\b|^(?:input|raw_input|getenv)\(/,
    plainType: new RegExp(`^(?:Optional\\[)?(?:${numbers})\\]?(?:\\s*\\|\\s*None)?$`),
    cleans:
      /^(?:quote|quote_plus|urlencode|escape\w*|\w*_escape|\w*saniti[sz]e\w*|int|float|bool|len|basename|secure_filename|safe_join|bleach|clean|shlex_quote|literal|Identifier|Literal|hexdigest|digest|isdigit|UUID|hash|validate\w*|conditional_escape|format_html|dumps|isoformat|index)$/,
    passes:
      /^(?:str|bytes|unicode|repr|format|join|strip|lstrip|rstrip|lower|upper|title|replace|split|rsplit|splitlines|partition|encode|decode|get|getlist|get_json|get_data|pop|values|items|read|readline|readlines|list|tuple|dict|unquote|unquote_plus|text|json|fspath|Path|getvalue|setdefault|urlparse|urljoin)$/,
    tests:
      /^(?:match|fullmatch|isdigit|isalnum|isalpha|isidentifier|isdecimal|isnumeric|startswith|index|validate\w*|is_valid\w*|is_safe\w*|is_allowed\w*|check\w*|url_has_allowed_host_and_scheme)$/,
  },
  go: {
    request: new RegExp(
      [
        String.raw`^(?:r|req|request)\.(?:FormValue|PostFormValue|PathValue|Form|PostForm|URL|RequestURI|Host|Header|Body|Cookie|Referer|UserAgent|MultipartForm|FormFile)\b`,
        String.raw`^(?:c|ctx|e)\.(?:Query|QueryParam|QueryParams|DefaultQuery|Param|Params|PostForm|FormValue|GetHeader|FormFile|Cookie|GetQuery|DefaultPostForm|QueryArray|BodyRaw|Body)\(`,
        String.raw`^(?:mux\.Vars|chi\.URLParam)\(`,
      ].join("|"),
    ),
    surroundings: /^os\.(?:Args|Getenv|LookupEnv)\b|^flag\.(?:Arg|Args)\(/,
    plainType: /^\*?(?:u?int(?:8|16|32|64)?|float(?:32|64)|bool|byte|rune|time\.\w+|uuid\.UUID)$/,
    cleans:
      /^(?:Atoi|ParseInt|ParseUint|ParseFloat|ParseBool|QueryEscape|PathEscape|EscapeString|HTMLEscapeString|HTMLEscaper|JSEscapeString|Base|Quote|QuoteMeta|Itoa|FormatInt|Sum|Sum256|EncodeToString|Sanitize\w*|Validate\w*|QuoteIdentifier|QuoteLiteral|len|Parse|MustParse|Size|IsLocal|Localize)$/,
    passes:
      /^(?:string|Sprintf|Sprint|Sprintln|Join|TrimSpace|Trim|TrimPrefix|TrimSuffix|TrimLeft|TrimRight|ToLower|ToUpper|Replace|ReplaceAll|Split|Fields|Get|Values|Query|String|Clean|byte|Title|Repeat|QueryUnescape|PathUnescape|ReadAll|FromSlash|append|Vars|First)$/,
    tests:
      /^(?:MatchString|HasPrefix|Contains|IsLocal|Match|Validate\w*|IsValid\w*|IsAllowed\w*|IsSafe\w*|Has|EqualFold|ContainsAny|ContainsRune)$/,
  },
  rust: {
    request: /^(?:req|request)\.(?:uri|headers|query_string|match_info|path|body|cookie|param)\(/,
    surroundings: /^(?:std::)?env::(?:args|var|var_os|args_os)\b|\bstdin\(\)/,
    requestType: /^(?:web::|extract::|axum::extract::)?(?:Path|Query|Json|Form|TypedHeader|RawQuery)</,
    plainType: /^&?(?:mut )?(?:[ui](?:8|16|32|64|128|size)|f32|f64|bool|char|Uuid|Duration)$/,
    cleans:
      /^(?:parse|escape\w*|quote|encode|file_name|encode_text|clean|saniti[sz]e\w*|len|shell_escape|to_hex|as_u64|as_i64|bind|digest)$/,
    passes:
      /^(?:to_string|to_owned|into|clone|as_str|as_ref|as_bytes|trim|trim_start|trim_end|to_lowercase|to_uppercase|unwrap|unwrap_or|unwrap_or_default|unwrap_or_else|expect|ok|nth|next|collect|skip|join|replace|from|into_inner|concat|get|ok_or|ok_or_else|to_path_buf|display|to_string_lossy|into_string|as_deref|cloned|args|new|first|last|split|lines|borrow|iter|into_iter|query_string|path|Some|Ok|from_str|push)$/,
    tests: /^(?:is_match|starts_with|contains|validate\w*|is_valid\w*|is_allowed\w*|is_safe\w*|chars)$/,
  },
  java: {
    request:
      /^(?:\w*[rR]eq(?:uest)?|exchange|ctx|context)\.(?:getParameter|getParameterValues|getParameterMap|getHeader|getHeaders|getQueryString|getCookies|getInputStream|getReader|getRequestURI|getRequestURL|getPathInfo|getPart|queryParam|queryParams|pathParam|formParam|body|queryParamAsClass|getRequestedSessionId)\(/,
    surroundings:
      /^System\.(?:getenv|getProperty)\(|^\w*(?:[sS]canner|[rR]eader|console|in|stdin)\.(?:nextLine|next|readLine)\(/,
    requestType:
      /@(?:RequestParam|PathVariable|RequestBody|RequestHeader|CookieValue|QueryParam|PathParam|FormParam|HeaderParam|MatrixVariable|ModelAttribute)\b/,
    plainType: new RegExp(`^(?:final )?(?:${javaNumbers})$`),
    cleans:
      /^(?:parseInt|parseLong|parseDouble|parseBoolean|valueOf|encode\w*|escape\w*|forHtml\w*|encodeForHTML\w*|getFileName|fromString|quote|quoteReplacement|hashCode|length|size|saniti[sz]e\w*|clean|validate\w*|getName|ordinal|name|normalizeAndCheck)$/,
    passes:
      /^(?:toString|trim|strip|toLowerCase|toUpperCase|substring|concat|replace|replaceAll|replaceFirst|split|format|formatted|join|append|insert|getBytes|String|StringBuilder|StringBuffer|get|getValue|getFirst|of|asList|orElse|requireNonNull|decode|unescapeHtml4|File|URL|URI|create|toURL|toURI|resolve|toPath|nextLine|readLine|stripTrailing|repeat|toFile|ofNullable)$/,
    tests:
      /^(?:matches|contains|containsKey|startsWith|isValid\w*|validate\w*|isAllowed\w*|isSafe\w*|check\w*|equals|normalize|isAlphanumeric|isNumeric|matcher)$/,
  },
};
