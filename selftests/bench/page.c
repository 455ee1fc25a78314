// SPDX-License-Identifier: GPL-2.0-only
/*
 * One page that needs nothing else: no network, no script. It says so to the
 * browser, too.
 */
#include <string.h>

#include "bench.h"
#include "html.h"
#include "json.h"
#include "page.h"

static const char head[] =
	"<!DOCTYPE html>\n"
	"<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n"
	"<head>\n"
	"<meta charset=\"utf-8\"/>\n"
	"<meta http-equiv=\"Content-Security-Policy\"\n"
	" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"/>\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
	"<meta name=\"color-scheme\" content=\"light dark\"/>\n";

/* A drawing is black on nothing, so that in the dark it keeps a light ground. */
static const char style[] =
	"<style>\n"
	":root { --ground: #fff; --ink: #1b1f24; --soft: #59636e; --line: #d1d9e0;\n"
	"  --band: #f6f8fa; --mark: #0b62c4; }\n"
	"@media (prefers-color-scheme: dark) {\n"
	"  :root { --ground: #0f1419; --ink: #e2e6ea; --soft: #98a2ad; --line: #343c45;\n"
	"    --band: #181f26; --mark: #6cb2ff; }\n"
	"  svg { background: #e6e9ec; border-radius: 6px; }\n"
	"}\n"
	"body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 60rem;\n"
	"  font: 15px/1.55 system-ui, sans-serif; color: var(--ink);\n"
	"  background: var(--ground); }\n"
	"h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .35rem; }\n"
	"h2 { font-size: 1.3rem; margin: 3rem 0 .75rem; padding-top: 1rem;\n"
	"  border-top: 2px solid var(--line); overflow-wrap: anywhere; }\n"
	"h3 { font-size: 1.05rem; margin: 2rem 0 .5rem; overflow-wrap: anywhere; }\n"
	"a { color: var(--mark); }\n"
	"p, ul { max-width: 46rem; }\n"
	"p.lead, footer { color: var(--soft); }\n"
	"p.note { border-left: 3px solid var(--mark); padding: .1rem 0 .1rem .8rem; }\n"
	"pre { background: var(--band); border: 1px solid var(--line);\n"
	"  border-radius: 6px; padding: .6rem .8rem; font-size: .87rem;\n"
	"  white-space: pre-wrap; overflow-wrap: anywhere; }\n"
	"div.wide { overflow-x: auto; margin: .75rem 0 1.25rem; }\n"
	"table { border-collapse: collapse; font-size: .9rem; }\n"
	"caption { text-align: left; color: var(--soft); padding-bottom: .35rem; }\n"
	"th, td { text-align: left; padding: .22rem .9rem .22rem 0;\n"
	"  vertical-align: top; border-bottom: 1px solid var(--line); }\n"
	"thead th { border-bottom: 2px solid var(--line); white-space: nowrap; }\n"
	"tbody th { font-weight: 500; white-space: nowrap; }\n"
	"td { overflow-wrap: anywhere; }\n"
	"summary { cursor: pointer; color: var(--mark); margin: 1.25rem 0 .5rem; }\n"
	"th.figure, td.figure { text-align: right; white-space: nowrap;\n"
	"  font-variant-numeric: tabular-nums; padding: .22rem .25rem .22rem .75rem; }\n"
	".figure + td, .figure + th:not(.figure) { padding-left: 1rem; }\n"
	"figure { margin: .5rem 0; }\n"
	"svg { display: block; width: 100%; height: auto; }\n"
	"footer { margin-top: 3rem; border-top: 2px solid var(--line);\n"
	"  padding-top: 1rem; }\n"
	"@media print { h2, h3 { break-after: avoid; }\n"
	"  figure, table { break-inside: avoid; } }\n"
	"</style>\n";

static const char title[] = "magslab-bench report";

static void put_contents(FILE *to, const struct document *documents, size_t nr)
{
	size_t i;

	fputs("<nav><ul>\n", to);
	for (i = 0; i < nr; i++) {
		fprintf(to, "<li><a href=\"#file-%zu\">%s: ", i + 1,
			section_kind(&documents[i]));
		html_text(to, basename(documents[i].path));
		fputs("</a></li>\n", to);
	}
	fputs("</ul></nav>\n", to);
}

static void put_footer(FILE *to, const struct document *documents)
{
	struct json_object *command = json_command();

	fputs("<footer><p>This page was made by:</p>\n", to);
	section_command(to, documents, command);
	fputs("<p>It loads nothing and runs no script; mail it as it is.</p></footer>\n",
	      to);
	json_object_put(command);
}

void page_put(FILE *to, const struct document *documents, size_t nr)
{
	size_t i;

	fputs(head, to);
	html_element(to, "title", title);
	fputs(style, to);
	fputs("</head>\n<body>\n", to);
	html_element(to, "h1", title);
	fputs("<p class=\"lead\">Kernel memory allocators, measured beside each other by\n"
	      "magslab-bench " BENCH_VERSION ".</p>\n",
	      to);
	put_contents(to, documents, nr);
	for (i = 0; i < nr; i++)
		section_put(to, documents, i);
	put_footer(to, documents);
	fputs("</body>\n</html>\n", to);
}
