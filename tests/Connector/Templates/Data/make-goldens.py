"""Writes goldens.json: what real Jinja2, set up as Hugging Face transformers does, makes of each case.

    python3 make-goldens.py        (needs jinja2 >= 3.1; see README.md)

A case is a template and its variables; the golden adds the text, or the error that Jinja2 reports.
The templates here are written for this file, in the style of the published families they are named after.
"""

import copy
import datetime
import json
import pathlib

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime.datetime(2024, 7, 4, 5, 6, 7, 89012)


class Generation(jinja2.ext.Extension):
    """{% generation %} as transformers compiles it: a call block, so a scope of its own."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        call = self.call_method("_pass_through")
        return jinja2.nodes.CallBlock(call, [], [], body).set_lineno(line)

    def _pass_through(self, caller):
        return caller()


def environment():
    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(
            x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    env = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = lambda format: NOW.strftime(format)
    return env


def golden(env, group, template, variables):
    case = {"group": group, "template": template, "variables": variables}
    try:
        case["text"] = env.from_string(template).render(**copy.deepcopy(variables))
    except jinja2.TemplateSyntaxError as error:
        case["error"] = {"kind": "syntax", "message": error.message, "line": error.lineno}
    except jinja2.UndefinedError as error:
        case["error"] = {"kind": "undefined", "message": str(error)}
    except jinja2.exceptions.SecurityError as error:
        case["error"] = {"kind": "security", "message": str(error)}
    except jinja2.TemplateError as error:
        kind = "raised" if type(error) is jinja2.TemplateError else "runtime"
        case["error"] = {"kind": kind, "message": str(error)}
    except Exception as error:  # what Python itself raises inside of a template
        case["error"] = {"kind": "python", "message": f"{type(error).__name__}: {error}"}
    return case


CASES = []


def cases(group, templates, **variables):
    for template in templates:
        CASES.append((group, template, variables))


# ---------------------------------------------------------------- text, whitespace, comments, raw

cases("whitespace", [
    "",
    "plain text",
    "one newline goes\n",
    "two newlines: one goes\n\n",
    "windows\r\nline\rends\r\n",
    "{{ 1 }}\n",
    "{{ 1 }}\n\n",
    "a\n{% if true %}\nb\n{% endif %}\nc\n",
    "a\n   {% if true %}   \n  b\n   {% endif %}   \nc",
    "a\n   {%- if true %}   \n  b\n   {%- endif %}   \nc",
    "a\n   {% if true -%}   \n  b\n   {% endif -%}   \nc",
    "a\n   {%- if true -%}   \n  b\n   {%- endif -%}   \nc",
    "a\n   {%+ if true %}b{% endif %}",
    "a\n   {% if true +%}\nb{% endif +%}\nc",
    "  {% if true %}x{% endif %}  y",
    "x  {% if true %}y{% endif %}  z",
    "\n  {{ 'print keeps its indentation' }}  \n",
    "  {{- 'print' -}}  \n  x",
    "a {#- comment -#} b",
    "a\n  {# comment #}\nb",
    "a\n  {#+ comment #}\nb",
    "a {# {{ not evaluated }} {% nor this %} #} b",
    "{# one #}{# two #}\n{# three #}\nx",
    "{% if true %}\n\n\nthree newlines, one goes{% endif %}",
    "{{ 'a' }}\n{{ 'b' }}\n",
    "\t{% set x = 1 %}\t{{ x }}",
    "{%- set x = 1 -%}  {{ x }}",
    "{% raw %}{{ raw }} {% if %}{% endraw %}",
    "a\n  {% raw %}\n  {{ x }}\n  {% endraw %}\nb",
    "a  {%- raw -%}  {{ x }}  {%- endraw -%}  b",
    "{% for i in [1, 2] %}\n  {{ i }}\n{% endfor %}\nend",
    "{% for i in [1, 2] -%}\n  {{ i }}\n{%- endfor %}\nend",
    "{{ '{{' }} {{ '%}' }} {{ \"#}\" }}",
    "{{ {'a': {'b': 1}} }}",
    "{{ {'a': {}}}}",
    "a\u00a0{%- if true %}b{% endif -%}\u2003c",
    "{\n{ not a tag }}",
    "100%} }} #}",
    "{%if true%}tight{%endif%}",
    "{%\n  if\n  true\n%}spread{%\nendif\n%}",
])

# ---------------------------------------------------------------- literals and operators

cases("literals", [
    "{{ 1 }} {{ 1_000 }} {{ 0x1F }} {{ 0o17 }} {{ 0b101 }} {{ 0 }} {{ 00 }}",
    "{{ 1.5 }} {{ 1.0 }} {{ 1e3 }} {{ 1.5e-7 }} {{ 1E16 }} {{ 123456789012345680.0 }} {{ 0.0001 }} {{ 0.00001 }}",
    "{{ 0.1 + 0.2 }} {{ 1e22 }} {{ 1e23 }} {{ 5e-324 }} {{ 1.7976931348623157e308 }} {{ 100.0 }} {{ 1e15 }}",
    "{{ 123456789012345678901234567890 }}",
    "{{ true }} {{ True }} {{ false }} {{ False }} {{ none }} {{ None }}",
    "{{ 'single' }} {{ \"double\" }} {{ 'it''s' }} {{ 'a' \"b\" 'c' }}",
    "{{ 'tab\\tnl\\nquote\\'back\\\\x\\x41\\u00e9\\U0001F600 \\q \\0 \\101 \\a' }}",
    "{{ 'line\\\ncontinued' }}",
    "{{ 'real\nnewline' }}",
    "{{ [] }} {{ [1, 'a', none, true, 1.5] }} {{ [1,] }}",
    "{{ () }} {{ (1,) }} {{ (1, 2) }} {{ 1, 2 }} {{ (1) }}",
    "{{ {} }} {{ {'a': 1, 2: 'b', none: true} }} {{ {'a': 1,} }}",
    "{{ [[1, [2]], {'k': ['v']}, (3,)] }}",
    "{{ ['it\\'s', \"say \\\"x\\\"\", 'both \\' \"', 'nl\\n', 'tab\\t', '\\x00', '\\x7f', 'é', '😀', '\\u200b', '\\\\'] }}",
    "{{ {1: 'a', 1.0: 'b', true: 'c'} }}",
    "{{ 'é😀'|length }} {{ '😀x'[1] }} {{ '😀x'[0] }} {{ 'a😀b'[::-1] }} {{ 'a😀b'[1:] }}",
])

cases("arithmetic", [
    "{{ 1 + 2 }} {{ 3 - 5 }} {{ 2 * 3 }} {{ 7 / 2 }} {{ 6 / 3 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ 7 // -2 }}",
    "{{ 7 % 3 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 7.5 % 2 }} {{ -7.5 % 2 }} {{ 7.5 // 2 }} {{ -7.5 // 2 }} {{ -4.0 % 2 }} {{ 4.0 % -2 }} {{ 0.0 % -3 }}",
    "{{ 2 ** 10 }} {{ 2 ** -1 }} {{ 2 ** 0.5 }} {{ (-2) ** 3 }} {{ 2 ** 3 ** 2 }} {{ -2 ** 2 }} {{ 2 ** 100 }}",
    "{{ 1 + 2 * 3 - 4 / 2 }} {{ (1 + 2) * 3 }} {{ 10 - 3 - 2 }} {{ 100 // 7 // 2 }} {{ 2 * 3 % 4 }}",
    "{{ 1 + 1.0 }} {{ true + 1 }} {{ true * 3 }} {{ -true }} {{ +true }} {{ - 1 }} {{ +2.5 }} {{ --1 }}",
    "{{ 'a' + 'b' }} {{ 'ab' * 3 }} {{ 3 * 'ab' }} {{ 'ab' * -1 }}|{{ [1] + [2] }} {{ [1] * 2 }} {{ (1,) + (2,) }}",
    "{{ 'a' ~ 1 ~ none ~ true ~ 1.5 ~ [1] }} {{ 1 ~ 2 }} {{ 1 ~ 2 + 3 }} {{ 'x' ~ missing ~ 'y' }}",
    "{{ '%s is %d (%5.2f) %r %%' % ('x', 3, 2.5, 'q') }} {{ '%s' % 'one' }} {{ '%05d|%-5d|%+d|%x' % (42, 42, 42, 255) }}",
    "{{ '%s'|format('x') }} {{ '%.3s|%8s|%-8s|'|format('abcdef', 'r', 'l') }} {{ '%.0f %.1f %f'|format(2.5, 0.25, 1) }}",
    "{{ 1 / 0 }}", "{{ 1 // 0 }}", "{{ 1 % 0 }}", "{{ 1.0 / 0 }}", "{{ 0 ** -1 }}",
    "{{ 'a' + 1 }}", "{{ 1 + 'a' }}", "{{ [1] + 'a' }}", "{{ none + 1 }}", "{{ {} + {} }}", "{{ 'a' - 'b' }}", "{{ -'a' }}",
    "{{ '%d' % 'x' }}", "{{ '%s %s' % 'x' }}", "{{ '%(a)s-%(b)d' % {'a': 'x', 'b': 2} }} {{ 'none' % {'a': 1} }} {{ 'none' % [1] }} {{ 'none' % missing }}", "{{ '%(a)s' % 1 }}", "{{ '%(z)s' % {'a': 1} }}", "{{ '%s' % (1, 2) }}",
])

cases("comparison", [
    "{{ 1 == 1.0 }} {{ 1 == true }} {{ '1' == 1 }} {{ none == false }} {{ [1] == [1.0] }} {{ (1,) == [1] }} {{ {'a': 1} == {'a': 1} }}",
    "{{ 1 != 2 }} {{ 'a' != 'b' }} {{ 1 < 2 }} {{ 2 <= 2 }} {{ 'a' < 'b' }} {{ 'Z' < 'a' }} {{ [1, 2] < [1, 3] }} {{ (1,) < (1, 0) }}",
    "{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 3 > 2 > 1 }} {{ 1 == 1 != 2 }}",
    "{{ 'a' in 'abc' }} {{ 'd' not in 'abc' }} {{ 1 in [1, 2] }} {{ 'k' in {'k': 1} }} {{ 2 in (1, 2) }} {{ '' in 'abc' }} {{ true in [1] }}",
    "{{ not 1 }} {{ not '' }} {{ not [] }} {{ not not 1 }} {{ not 1 == 2 }} {{ not 'a' in 'abc' }}",
    "{{ 1 and 2 }} {{ 0 and 2 }} {{ 1 or 2 }} {{ '' or 'x' }} {{ '' or [] }} {{ none and missing.x }} {{ 1 or missing.x }}",
    "{{ true and false or true }} {{ false or true and false }} {{ not true or true }}",
    "{{ 'yes' if true else 'no' }} {{ 'yes' if false else 'no' }} [{{ 'yes' if false }}] {{ 'a' if 0 else 'b' if 1 else 'c' }}",
    "{{ (1 if true else 2) + 1 }} {{ 1 if true else 2 + 1 }} {{ [1 if false else 2, 3] }}",
    "{{ '\uffff' < '\U00010000' }}",
    "{{ 1 < 'a' }}", "{{ none < 1 }}", "{{ [] < {} }}", "{{ 1 in 'abc' }}", "{{ 1 in 2 }}", "{{ 1 in none }}", "{{ [] in {} }}",
])

cases("subscripts", [
    "{{ m.role }} {{ m['role'] }} {{ m[\"role\"] }} {{ m.nested.deep }} {{ m['nested']['deep'] }} {{ m['nested'].deep }}",
    "{{ l[0] }} {{ l[-1] }} {{ l[10] }}|{{ l.0 }} {{ l[true] }} {{ 'abc'[0] }} {{ 'abc'[-1] }} {{ 'abc'[9] }}| {{ (1, 2)[1] }}",
    "{{ l[1:] }} {{ l[:2] }} {{ l[1:2] }} {{ l[::-1] }} {{ l[:] }} {{ l[::2] }} {{ l[-2:] }} {{ l[:-1] }} {{ l[5:] }} {{ l[2:0:-1] }} {{ l[-100:100] }}",
    "{{ 'hello'[1:3] }} {{ 'hello'[::-1] }} {{ 'hello'[-3:] }} {{ 'hello'[:-1] }} {{ 'hello'[::2] }} {{ (1, 2, 3)[1:] }} {{ range(5)[1:3]|list }}",
    "{{ l[none:none] }} {{ l[1:none] }} {{ l[::none] }}",
    "{{ m.missing }}|{{ m['missing'] }}|{{ l.missing }}|{{ l['a'] }}|{{ none.x }}|{{ (1).x }}|{{ none[0] }}|{{ 5[0] }}|{{ m[l] }}",
    "{{ m.items is callable }} {{ m['items'] }} {{ m['get']('role') }} {{ m.keys()|list }} {{ n['keys'] }}",
    "{{ m.__class__ }}|{{ ''.__class__ }}|{{ m['__class__'] }}|{{ n.__x }}",
    "{{ m.missing.deeper }}", "{{ missing.x }}", "{{ missing['x'] }}", "{{ missing[0] }}", "{{ missing() }}", "{{ m.missing() }}",
    "{{ l[9].x }}", "{{ m['missing'].x }}", "{{ m[9].x }}", "{{ 'abc'.foo.bar }}", "{{ none.x.y }}", "{{ missing[1:] }}", "{{ nothing[1:] }}", "{{ m[1:] }}", "{{ l['a':] }}", "{{ l[::0] }}", "{{ l[missing:] }}",
    "{{ ''.__class__.mro }}", "{{ l.append(1) }}", "{{ m.update({}) }}", "{{ m.pop('role') }}|", "{{ l.append }}|{{ m.update }}|",
    "{{ 'abc'() }}", "{{ 1() }}", "{{ none() }}", "{{ l() }}", "{{ m.nope(1) }}", "{{ l.nope(1) }}", "{{ 'abc'.nope() }}",
], m={"role": "user", "nested": {"deep": 1}, "items": "shadowed"}, l=["a", "b", "c"], nothing=None, n={"keys": 1, "__x": 2})

cases("undefined", [
    "[{{ missing }}] {{ missing is defined }} {{ missing is undefined }} {{ not missing }} {{ missing == missing2 }} {{ missing == none }} {{ missing != 1 }}",
    "{{ missing|default('d') }} {{ missing|d }}| {{ none|default('d') }} {{ ''|default('d', true) }} {{ none|default('d', boolean=true) }} {{ 0|d(5, true) }}",
    "{{ missing|length }} {{ missing|list }} {{ missing|join(',') }}| {{ missing|string }}| {{ missing|upper }}| {{ missing|trim }}|",
    "{% for x in missing %}x{% else %}none{% endfor %} {{ 1 in missing }} {{ [missing] }} {{ {'k': missing} }} {{ missing is none }}",
    "{{ missing|first }}|{{ missing|last }}|{{ missing|items|list }}|{{ missing|map('upper')|list }}|{{ missing|selectattr('x')|list }}|{{ missing|reverse|list }}|{{ missing|unique|list }}|{{ missing|sort }}|{{ missing|sum }}|{{ missing|max }}|",
    "{{ missing is iterable }} {{ missing is sequence }} {{ missing is mapping }} {{ missing is string }} {{ missing is callable }} {{ missing is number }} {{ missing is boolean }}",
    "{% set x = missing %}{{ x is defined }} {{ x }}|", "{{ (missing or 'fallback') }} {{ missing and 1 }}|", "{{ [missing, 1]|join('-') }} {{ 'a' ~ missing }}",
    "{{ missing + 1 }}", "{{ 'a' + missing }}", "{{ missing * 2 }}", "{{ -missing }}", "{{ missing < 1 }}", "{{ 1 < missing }}", "{{ missing in 'abc' }}", "{{ missing in ['a'] }}", "{{ missing|tojson }}", "{{ missing|int }}", "{{ missing|float }}", "{{ missing|abs }}", "{{ missing|round }}", "{{ missing|dictsort }}", "{{ missing|indent }}",
    "{{ ('x' if false).y }}", "{{ [1, missing]|sum }}", "{{ [2, missing]|sort }}", "{{ {}[missing] }}|", "{{ 'abc'[missing] }}|", "{{ range(missing) }}", "{{ {missing: 1} }}", "{{ [missing]|tojson }}",
    "{{ missing.startswith('x') }}", "{{ messages[0].content.startswith('x') }}", "{{ messages[0]['x']['y'] }}", "{{ messages[3]['x'] }}",
], messages=[{"role": "user"}])

# ---------------------------------------------------------------- statements

cases("if", [
    "{% if a %}a{% elif b %}b{% else %}c{% endif %}",
    "{% if not a and b %}x{% endif %}{% if a or b %}y{% endif %}{% if (a) %}z{% endif %}",
    "{% if a %}{% if b %}1{% else %}2{% endif %}{% else %}{% if b %}3{% else %}4{% endif %}{% endif %}",
    "{% if b %}{% set x = 1 %}{% endif %}{{ x }}",
    "{% if a is defined and a is not none and a != 0 %}q{% else %}r{% endif %}",
    "{% if 0 %}a{% elif '' %}b{% elif [] %}c{% elif {} %}d{% elif none %}e{% elif 0.0 %}f{% elif () %}g{% else %}h{% endif %}",
    "{% if a: %}x{% else: %}y{% endif %}",
    "{% if false %}{{ x|nosuchfilter }}{% endif %}ok", "{{ x|nosuchfilter if false else 'ok' }}", "{% if true %}{{ 1|nosuchfilter }}{% endif %}", "{% if false %}{{ x is nosuchtest }}{% endif %}ok",
], a=0, b=1)

cases("for", [
    "{% for x in l %}{{ x }}{% endfor %}", "{% for x in [] %}x{% else %}empty{% endfor %}", "{% for c in 'añ😀' %}[{{ c }}]{% endfor %}", "{% for k in d %}{{ k }}{% endfor %}",
    "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}", "{% for k, v in d|items %}{{ k }}={{ v }};{% endfor %}", "{% for (k, v) in d|dictsort %}{{ k }}={{ v }};{% endfor %}",
    "{% for a, (b, c) in [[1, [2, 3]]] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{% for i in range(3) %}{{ i }}{% endfor %} {% for i in range(5, 0, -2) %}{{ i }}{% endfor %}",
    "{% for x in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }} {% endfor %}",
    "{% for x in l %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }} {% endfor %}", "{% for x in l %}{{ loop.previtem is defined }}{{ loop.nextitem is defined }} {% endfor %}",
    "{% for x in l %}{{ loop.cycle('odd', 'even') }} {% endfor %}", "{% for x in [1, 1, 2] %}{{ loop.changed(x) }} {% endfor %}", "{% for x in l %}{{ loop['index'] }}{{ loop.depth }}{{ loop.depth0 }}{% endfor %}",
    "{% for x in l if x != 'b' %}{{ loop.index }}/{{ loop.length }}{{ x }} {% endfor %}", "{% for x in l if x == 'z' %}{{ x }}{% else %}no z{% endfor %}", "{% for x in range(10) if x is even %}{{ x }}{% if not loop.last %},{% endif %}{% endfor %}",
    "{% for x in l %}{% for y in [1, 2] %}{{ x }}{{ y }}{{ loop.index }}{% endfor %}{{ loop.index }} {% endfor %}", "{% for x in l %}{% set outer = loop %}{% for y in [1, 2] %}{{ outer.index }}{{ loop.index }} {% endfor %}{% endfor %}",
    "{% for x in l %}{% if x == 'b' %}{% continue %}{% endif %}{{ x }}{% endfor %}", "{% for x in l %}{% if x == 'b' %}{% break %}{% endif %}{{ x }}{% endfor %}!", "{% for x in l %}{% for y in l %}{% break %}{% endfor %}{{ x }}{% endfor %}",
    "{% for x in l %}{% continue %}{% else %}else after continue{% endfor %}", "{% for x in l %}{% break %}{% else %}else after break{% endfor %}", "{% for x in l %}{{ x }}{% if loop.index == 2 %}{% break %}{% endif %}{% else %}no{% endfor %}",
    "{% set x = 'outer' %}{% for x in l %}{{ x }}{% endfor %}{{ x }}", "{% set n = 0 %}{% for x in l %}{% set n = n + 1 %}{{ n }}{% endfor %}{{ n }}", "{% for x in l %}{% if loop.first %}{% set seen = x %}{% endif %}{{ seen }}|{% endfor %}",
    "{% set ns = namespace(n=0) %}{% for x in l %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}", "{{ loop }}|{% for x in l %}{{ loop }}{% endfor %}", "{% for x in l %}{% endfor %}{{ loop is defined }}", "{% for i in 'ab', 'cd' %}{{ i }};{% endfor %}",
    "{% for x in l[::-1] %}{{ x }}{% endfor %} {% for x in l|reverse %}{{ x }}{{ loop.last }}{% endfor %}", "{% for x in l|map('upper') %}{{ x }}{{ loop.length }}{% endfor %}", "{% for m in d.values() %}{{ m }}{{ loop.length }}{% endfor %}",
    "{% set ns = namespace(on=true) %}{% for x in l if ns.on %}{{ x }}{% set ns.on = false %}{% endfor %}",
    "{% for x in 5 %}{% endfor %}", "{% for x in none %}{% endfor %}", "{% for a, b in [[1]] %}{% endfor %}", "{% for a, b in [[1, 2, 3]] %}{% endfor %}", "{% for a, b in [1] %}{% endfor %}", "{% for a, b in ['xy'] %}{{ a }}-{{ b }}{% endfor %}", "{% for x in l %}{{ loop.nope }}|{% endfor %}", "{% for x in l %}{{ loop.nope.x }}{% endfor %}",
], l=["a", "b", "c"], d={"z": 1, "y": [2]})

cases("set", [
    "{% set x = 1 %}{{ x }}", "{% set x, y = 1, 2 %}{{ x }}{{ y }}", "{% set x = 1, 2 %}{{ x }}", "{% set x, y = 'ab' %}{{ x }}{{ y }}", "{% set (x, y) = [1, 2] %}{{ x }}{{ y }}",
    "{% set x %}a{{ 1 + 1 }}b{% endset %}[{{ x }}]", "{% set x | upper | trim %}  abc {% endset %}[{{ x }}]", "{% set x %}{% set inner = 1 %}{% endset %}{{ inner is defined }}",
    "{% set x = 1 %}{% set x = x + 1 %}{{ x }}", "{{ x }}{% set x = 1 %}", "{% set given = given ~ '!' %}{{ given }}",
    "{% set ns = namespace() %}{% set ns.a = 1 %}{{ ns.a }}{{ ns.b }}{{ ns.b is defined }}", "{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a }}{{ ns.b }}{{ ns['a'] }}", "{% set ns = namespace(l=[]) %}{% set ns.l = ns.l + [1] %}{% set ns.l = ns.l + [2] %}{{ ns.l }}", "{% set ns = namespace(a=1) %}{{ ns }}", "{% set ns = namespace(n=none) %}{% if ns.n is none %}none{% endif %}",
    "{% set ns = namespace(a=0, b=0) %}{% set ns.a, ns.b = 1, 2 %}{{ ns.a }}{{ ns.b }}", "{% set ns = namespace(t='') %}{% set ns.t %}block{% endset %}{{ ns.t }}",
    "{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a }}", "{% set a = 1 %}{% with a = a + 1 %}{{ a }}{% endwith %}{{ a }}", "{% filter upper %}abc {{ 'x' }}{% endfilter %}", "{% filter upper | replace('A', 'b') %}abc{% endfilter %}",
    "{% set d = dict(a=1, b='x') %}{{ d }}{{ d.a }}", "{{ dict([('a', 1), ['b', 2]]) }} {{ dict({'a': 1}, c=3) }}", "{% set x = {'k': [1, 2]} %}{{ x.k[1] }}",
    "{% generation %}inside {% set g = 1 %}{{ g }}{% endgeneration %}{{ g is defined }}", "a\n  {% generation %}\nb\n  {% endgeneration %}\nc", "{% for x in [1, 2] %}{% generation %}{{ x }}{{ loop.index }}{% endgeneration %}{% endfor %}",
    "{% set x.y = 1 %}", "{% set given.y = 1 %}", "{% set a, b = 1 %}", "{% set a, b = [1, 2, 3] %}", "{% set ns = namespace(1) %}", "{% set ns = namespace(missing) %}", "{% set ns = namespace(a=1) %}{{ ns.zz.y }}",
], given="g")

cases("macro", [
    "{% macro m() %}hi{% endmacro %}{{ m() }}{{ m() }}", "{% macro m(a, b) %}{{ a }}-{{ b }}{% endmacro %}{{ m(1, 2) }} {{ m(b=1, a=2) }} {{ m(1) }} {{ m(1, b=3) }}", "{% macro m(a, b='d') %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}{{ m(1, 2) }}{{ m(a=1, b=3) }}", "{% macro m(a, b=a ~ '!') %}{{ a }}{{ b }}{% endmacro %}{{ m('x') }}",
    "{% macro m(x) %}{% if x > 0 %}{{ x }}{{ m(x - 1) }}{% endif %}{% endmacro %}{{ m(3) }}", "{% macro m() %}{{ later }}{% endmacro %}{% set later = 'set later' %}{{ m() }}", "{% set v = 'top' %}{% macro m() %}{{ v }}{% endmacro %}{{ m() }}{% for v in [1] %}{{ m() }}{% endfor %}", "{% macro m() %}{% set inner = 1 %}{{ inner }}{% endmacro %}{{ m() }}{{ inner is defined }}",
    "{% macro m(a) %}{{ a is defined }}{{ a }}{% endmacro %}{{ m() }} {{ m(none) }} {{ m(missing) }}", "{% macro m(a='d') %}{{ a }}{% endmacro %}{{ m(missing) }}|{{ m(none) }}", "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, k=3) }}", "{% macro m(a) %}{{ a }}{{ varargs|length }}{% endmacro %}{{ m(1, 2, 3) }}",
    "{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}body{% endcall %}", "{% macro m(l) %}{% for x in l %}{{ caller(x) }}{% endfor %}{% endmacro %}{% call(y) m([1, 2]) %}<{{ y }}>{% endcall %}", "{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}",
    "{% macro m() %}\n  text\n{% endmacro %}[{{ m() }}]", "{% macro m() %}x{% endmacro %}{{ m()|upper }}{{ m() ~ 'y' }}{{ m() + 'z' }}{{ m() is string }}{{ m is callable }}{{ m }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(*[1]) }}{{ m(**{'a': 2}) }}", "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}b{% endmacro %}{{ a() }}", "{% if true %}{% macro m() %}in if{% endmacro %}{% endif %}{{ m() }}", "{% macro m(x,) %}{{ x }}{% endmacro %}{{ m(1,) }}",
    "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "{% macro m(a) %}{% endmacro %}{{ m(b=1) }}", "{% macro m(a) %}{{ a.x }}{% endmacro %}{{ m() }}", "{% macro m(a) %}{% endmacro %}{{ m(1, a=2) }}", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
])

# ---------------------------------------------------------------- methods

cases("string methods", [
    "[{{ '  x '.strip() }}] [{{ '  x '.lstrip() }}] [{{ '  x '.rstrip() }}] {{ 'xxaxx'.strip('x') }} {{ '\n\na\n'.lstrip('\n')|tojson }} {{ 'abcba'.strip('ab') }} {{ '\u00a0x\u2003'.strip() }} {{ ' x '.strip(none) }}",
    "{{ 'a,b,,c'.split(',') }} {{ ' a  b '.split() }} {{ 'a,b,c'.split(',', 1) }} {{ 'a b c'.split(none, 1) }} {{ ''.split(',') }} {{ ''.split() }} {{ 'a</think>b'.split('</think>')[-1] }} {{ ' a  b  c '.split(maxsplit=1) }}",
    "{{ 'a,b,c'.rsplit(',', 1) }} {{ 'a,b,c'.rsplit(',') }} {{ 'a\nb\r\nc\n'.splitlines() }} {{ 'a\nb'.splitlines(true) }} {{ 'a=b=c'.partition('=') }} {{ 'a=b=c'.rpartition('=') }} {{ 'abc'.partition('=') }}",
    "{{ 'abc'.startswith('ab') }} {{ 'abc'.startswith(('x', 'a')) }} {{ 'abc'.endswith('bc') }} {{ 'abc'.startswith('b', 1) }} {{ 'abc'.startswith('') }} {{ 'abc'.endswith(('b', 'x')) }}",
    "{{ 'aBc dEf'.upper() }} {{ 'aBc dEf'.lower() }} {{ 'aBc dEf'.title() }} {{ 'aBc dEf'.capitalize() }} {{ \"it's o'clock\".title() }} {{ 'x-y_z 1a'.title() }} {{ 'straße'.upper() }} {{ 'ÉCOLE'.lower() }} {{ 'éa'.capitalize() }}",
    "{{ 'aaa'.replace('a', 'b') }} {{ 'aaa'.replace('a', 'b', 2) }} {{ 'ab'.replace('', '-') }} {{ 'ab'.replace('', '-', 1) }} {{ 'aaa'.replace('aa', 'x') }} {{ 'abc'.replace('z', 'y') }}",
    "{{ ', '.join(['a', 'b']) }} {{ ''.join([]) }} {{ '-'.join('abc') }} {{ ', '.join(d) }} {{ ','.join(['a', 'b']|map('upper')) }}",
    "{{ 'abcb'.find('b') }} {{ 'abc'.find('z') }} {{ 'abcb'.rfind('b') }} {{ 'abc'.index('c') }} {{ 'aXbXc'.count('X') }} {{ 'aaa'.count('aa') }} {{ '😀b'.find('b') }} {{ 'ab'.count('') }}",
    "{{ '12'.isdigit() }} {{ 'a1'.isalnum() }} {{ 'ab'.isalpha() }} {{ ''.isdigit() }} {{ ' '.isspace() }} {{ 'AB'.isupper() }} {{ 'ab'.islower() }} {{ 'aB'.islower() }} {{ '1.5'.isdigit() }} {{ '½'.isnumeric() }} {{ '²'.isdigit() }} {{ '²'.isdecimal() }}",
    "{{ '7'.zfill(3) }} {{ '-7'.zfill(4) }} {{ 'a'.ljust(3) }}| {{ 'a'.rjust(3, '.') }} {{ 'a'.center(4, '*') }} {{ 'ab'.center(5, '*') }} {{ 'abc'.removeprefix('a') }} {{ 'abc'.removesuffix('c') }} {{ 'abc'.removeprefix('x') }} {{ 'ß'.casefold() }}",
    "{{ 'abc'.split('') }}", "{{ 'abc'.index('z') }}", "{{ ', '.join([1, 2]) }}", "{{ 'abc'.startswith(1) }}", "{{ 'abc'.strip(1) }}", "{{ 'abc'.replace('a') }}", "{{ 'abc'.upper(1) }}", "{{ 'abc'.split(',', 'x') }}", "{{ 'abc'.join(1) }}",
], d={"k": 1, "l": 2})

cases("dict and list methods", [
    "{{ d.get('a') }} {{ d.get('z') }} {{ d.get('z', 'def') }} {{ d.get('a', 0) }} {{ 'a' in d }} {{ d.get('n') }}|{{ d.get('n', 'x') }}", "{{ d.keys()|list }} {{ d.values()|list }} {{ d.items()|list }} {{ d.keys() }} {{ d.values() }} {{ d.items() }}", "{{ d|length }} {{ d.items()|length }} {{ 'a' in d.keys() }} {{ 1 in d.values() }} {{ ('a', 1) in d.items() }}",
    "{{ l.index('b') }} {{ l.count('b') }} {{ (1, 2, 1).count(1) }} {{ l.copy() }} {{ d.copy() }}", "{{ d.items() is iterable }} {{ d.items() is sequence }} {{ d.keys() is mapping }}", "{{ d.items()[0] }}|", "{{ d.items()|first }} {{ d.items()|last }} {{ d.keys()|join(',') }}",
    "{{ l.index('zz') }}", "{{ d.get() }}", "{{ d.get([]) }}", "{{ d.keys(1) }}", "{{ l.pop() }}", "{{ l.insert(0, 1) }}", "{{ l.sort() }}", "{{ d.clear() }}", "{{ d.setdefault('a', 1) }}", "{{ {[]: 1} }}", "{{ {}.items().x }}|",
], d={"a": 1, "b": "two", "n": None}, l=["a", "b", "b"])

# ---------------------------------------------------------------- filters

cases("tojson", [
    "{{ v|tojson }}", "{{ v|tojson(indent=2) }}", "{{ v|tojson(indent=4) }}", "{{ v|tojson(ensure_ascii=True) }}", "{{ v|tojson(sort_keys=true) }}", "{{ v|tojson(separators=(',', ':')) }}", "{{ v|tojson(indent=0) }}", "{{ v|tojson(indent='\t') }}", "{{ v|tojson(separators=(',', ':'), indent=2) }}", "{{ v|tojson(false, 1) }}",
    "{{ 'quote \" back \\\\ nl \\n tab \\t cr \\r ff \\f bs \\b nul \\x00 esc \\x1b del \\x7f é 😀 </tag> & \\u2028'|tojson }}", "{{ 'é😀\\x7f'|tojson(ensure_ascii=true) }}", "{{ [1, 1.0, 1e20, 1e-7, true, none, 'x', (1, 2), {1: 2, none: 3, true: 4, 1.5: 5}]|tojson }}", "{{ {}|tojson }} {{ []|tojson }} {{ [[], {}]|tojson(indent=2) }} {{ ''|tojson }} {{ 5|tojson }}", "{{ tool.function|tojson }}", "{{ {'name': name, 'arguments': args}|tojson }}",
    "{{ m|tojson if m is mapping else m }}", "{{ range(3)|tojson }}", "{{ [1]|map('string')|tojson }}", "{{ namespace()|tojson }}", "{{ {(1, 2): 3}|tojson }}", "{{ missing|tojson }}", "{{ {'a': missing}|tojson }}", "{{ {1: 2, 'a': 3}|tojson(sort_keys=true) }}", "{{ v.items()|list|tojson }}", "{{ 1|tojson(nope=2) }}",
], v={"name": "get_weather", "b": [1, 2.5, True, None, "é🙂\"\n"], "a": {"nested": {"x": []}, "y": {}}}, name="f", args={"x": 1, "y": "z"}, tool={"type": "function", "function": {"name": "f", "description": "d\n", "parameters": {"type": "object", "properties": {"p": {"type": "string", "enum": ["a", "b"]}}, "required": ["p"]}}}, m={"k": "v"})

cases("text filters", [
    "[{{ '  x '|trim }}] {{ 'xxaxx'|trim('x') }} {{ none|trim }} {{ 5|trim }}", "{{ 'aBc'|upper }} {{ 'aBc'|lower }} {{ 'aBc dEf'|capitalize }} {{ \"it's a-b (c) x_y\"|title }} {{ 5|upper }} {{ none|lower }} {{ true|upper }}", "{{ 'aab'|replace('a', 'x') }} {{ 'aab'|replace('a', 'x', 1) }} {{ 5|replace(5, 6) }} {{ 'a'|replace('a', none) }} {{ 'x'|replace('', '-') }}",
    "{{ 'a\nb\n\nc'|indent }}|{{ 'a\nb'|indent(2) }}|{{ 'a\nb'|indent(2, true) }}|{{ 'a\n\nb'|indent(2, blank=true) }}|{{ 'a\nb'|indent('> ') }}|{{ 'a\nb\n'|indent(width=1, first=True) }}|{{ ''|indent }}|{{ 'x'|indent(-3) }}|", "{{ 'a b  c'|wordcount }} {{ ''|wordcount }} {{ \"it's\"|wordcount }}", "{{ 1|string + 'x' }} {{ none|string }} {{ [1]|string }} {{ 1.0|string }} {{ 'x'|string }} {{ true|string }}", "{{ '<a>'|safe }} {{ '<a> & \"b\" \\'c\\''|e }} {{ '<'|escape }} {{ '<'|e|e }} {{ 5|e }}",
    "{{ '<a>'|safe + '<b>' }} {{ '<b>' + ('<a>'|safe) }} {{ '<a>'|safe ~ '<b>' }} {{ ['<a>'|safe] }} {{ ('<a>'|safe * 2) + '&' }} {{ ('<a>'|safe|upper) + '<' }} {{ ('<a> '|safe|trim) + '<' }} {{ ('<a>'|safe)[0] + '<' }} {{ ('x<a>'|safe).split('x')[1] + '<' }} {{ ('a'|safe).replace('a', '<') }} {{ 'a'|safe|replace('a', '<') + '<' }} {{ ('<'|safe).join(['>', 'x'|safe]) }} {{ ['<', '<'|safe]|join('>') }} {{ ('<'|safe|string) + '<' }} {{ '<'|safe|tojson }} {{ '<'|safe == '<' }}",
    "{{ 'abc'|first }} {{ 'abc'|last }} {{ ''|first }}| {{ 'abc'|length }} {{ 'abc'|count }} {{ 'abc'|list }} {{ 'abc'|reverse }} {{ 'a😀'|reverse }} {{ 'abc'|join('-') }} {{ 'ab'|sort }} {{ 'aab'|unique|list }}", "{{ 'a' | upper | lower | default('x') }}", "{{ ('a' ~ 'b')|upper }} {{ 'a' ~ 'b'|upper }} {{ -5|abs }} {{ 'x'|upper ~ 'y' }} {{ 2 ** 3|string|length }} {{ 'a'|upper == 'A' }} {{ not ''|length }}",
    "{{ 5|indent }}", "{{ none|indent }}", "{{ 'x'|nosuch }}", "{{ 'x'|upper(1) }}", "{{ 'x'|replace('a') }}", "{{ 'x'|trim(nope=1) }}", "{{ 'x'|trim(1) }}", "{{ '%s'|format }}",
])

cases("number filters", [
    "{{ '42'|int }} {{ ' 42 '|int }} {{ '42.7'|int }} {{ 'x'|int }} {{ 'x'|int(7) }} {{ 'x'|int(default=none) }} {{ 42.9|int }} {{ -42.9|int }} {{ true|int }} {{ none|int }} {{ '0x1f'|int(base=16) }} {{ 'ff'|int(0, 16) }} {{ '1_000'|int }} {{ '101'|int(base=2) }} {{ []|int }} {{ '1e3'|int }} {{ ''|int }} {{ '+5'|int }} {{ 'inf'|int }} {{ '0b11'|int(0, 0) }}", "{{ '1.5'|float }} {{ '1'|float }} {{ 'x'|float }} {{ 'x'|float(2.5) }} {{ none|float }} {{ true|float }} {{ '1e3'|float }} {{ 'inf'|float }} {{ '-nan'|float }} {{ '.5'|float }} {{ '5.'|float }} {{ '1_000.5_0'|float }} {{ '1__0'|float }} {{ '1e5_0'|float }} {{ '+inf'|float }} {{ '+-inf'|float }} {{ '.'|float }} {{ '1e'|float }} {{ '0x1'|float }}",
    "{{ 42.55|round }} {{ 42.55|round(1) }} {{ 42.55|round(1, 'floor') }} {{ 42.45|round(1, 'ceil') }} {{ 2.5|round }} {{ 3.5|round }} {{ 2.675|round(2) }} {{ 5|round }} {{ 1234.5|round(-2) }} {{ -0.4|round }} {{ 0.5|round|int }} {{ 1250|round(-2) }} {{ 1350|round(-2) }} {{ 1e300|round(2) }} {{ 5|round(1, 'floor') }}", "{{ -5|abs }} {{ (-5.5)|abs }} {{ true|abs }}", "{{ [3, 1, 2]|min }} {{ [3, 1, 2]|max }} {{ []|min }}| {{ ['b', 'A']|min }} {{ ['b', 'A']|min(true) }} {{ [{'a': 2}, {'a': 1}]|min(attribute='a') }} {{ 'hello'|max }} {{ [1, 2.0, true]|max }}", "{{ [1, 2, 3]|sum }} {{ [1.5, 2]|sum }} {{ []|sum }} {{ [{'a': 1}, {'a': 2}]|sum(attribute='a') }} {{ [1]|sum(start=10) }} {{ [[1], [2]]|sum(start=[]) }}", "{{ 10|string|length }} {{ 3.0 == 3 }}",
    "{{ 'x'|abs }}", "{{ none|abs }}", "{{ 'x'|round }}", "{{ 1|round(1, 'nope') }}", "{{ [1, 'a']|max }}", "{{ [1, 'a']|sum }}", "{{ 5|min }}",
])

cases("sequence filters", [
    "{{ l|length }} {{ l|count }} {{ l|first }} {{ l|last }} {{ []|first }}| {{ []|last }}| {{ l|join(', ') }} {{ l|join }} {{ [1, none, true]|join('-') }} {{ o|join(',', attribute='n') }} {{ o|join(',', 'n') }}", "{{ l|sort }} {{ l|sort(true) }} {{ l|sort(reverse=true) }} {{ l|sort(case_sensitive=true) }} {{ [3, 1, 2]|sort }} {{ o|sort(attribute='n')|map(attribute='n')|list }} {{ o|sort(attribute='f.x,n')|map(attribute='n')|list }} {{ [[2, 'a'], [1, 'b']]|sort }} {{ [[2, 'a'], [1, 'b']]|sort(attribute=1) }} {{ d|sort }}", "{{ l|unique|list }} {{ l|unique(true)|list }} {{ [1, 1.0, 2]|unique|list }} {{ o|unique(attribute='f.x')|map(attribute='n')|list }}", "{{ l|reverse|list }} {{ l|list }} {{ d|list }} {{ (1, 2)|list }} {{ range(3)|list }} {{ range(3) }} {{ range(0, 9, 3) }} {{ range(3)|length }} {{ 2 in range(3) }} {{ range(3)[1] }} {{ range(5)|last }} {{ range(1, 3)|join }}",
    "{{ o|map(attribute='n')|list }} {{ o|map(attribute='f.x')|list }} {{ o|map(attribute='zz', default='-')|list }} {{ l|map('upper')|list }} {{ [1, 2]|map('string')|join }} {{ l|map('replace', 'a', 'x')|list }} {{ [[1, 2], [3]]|map('first')|list }} {{ [[1, 2], [3]]|map('join', '-')|list }} {{ [[1, 2]]|map(attribute=1)|list }} {{ ['1', 'x']|map('int', default=9)|list }} {{ o|map('tojson')|join(' ') }} {{ []|map('upper')|list }}", "{{ o|selectattr('n', 'equalto', 'a')|list }} {{ o|selectattr('n', 'eq', 'a')|map(attribute='n')|list }} {{ o|selectattr('n', '==', 'b')|list|length }} {{ o|rejectattr('n', 'in', ['a', 'b'])|map(attribute='n')|list }} {{ o|selectattr('f')|list|length }} {{ o|selectattr('zz', 'defined')|list }} {{ o|rejectattr('zz', 'defined')|list|length }} {{ o|selectattr('f.x', 'gt', 1)|map(attribute='n')|list }} {{ o|selectattr('n', 'ne', 'a')|first }}", "{{ [1, 2, 3, 4]|select('even')|list }} {{ [1, 2, 3]|reject('odd')|list }} {{ [0, 1, '', 'a', none]|select|list }} {{ [0, 1, '', 'a', none]|reject|list }} {{ [1, 2, 3]|select('gt', 1)|list }} {{ ['a', 1]|select('string')|list }} {{ [1, 2, 3]|select('in', [1, 3])|list }} {{ l|reject('equalto', 'a')|list }} {{ [3, 6]|select('divisibleby', 3)|list }}",
    "{{ d|dictsort }} {{ d|dictsort(reverse=true) }} {{ d|dictsort(false, 'value') }} {{ d|dictsort(true) }} {{ d|items|list }} {{ {}|items|list }} {% for k, v in d|dictsort %}{{ k }}{{ v }} {% endfor %}", "{% set g = l|map('upper') %}{{ g|list }}{{ g|list }}", "{{ l|select('string')|first }} {{ l|map('upper')|first }} {{ l|map('upper')|sort }} {{ l|map('upper')|join }} {{ l|map('length')|sum }} {{ l|map('length')|max }}", "{{ l|select is iterable }} {{ l|select is sequence }} {{ l|select is mapping }} {{ (l|select)[0] }}| {{ 'a' in (l|select) }} {{ not (l|reject) }}", "{{ none|map('upper')|list }} {{ 0|select|list }} {{ l|d([])|length }} {{ o|map(attribute='n')|unique|sort|join(',') }}",
    "{{ 5|length }}", "{{ none|length }}", "{{ l|map('upper')|length }}", "{{ l|map('upper')|last }}", "{{ [1, 'a']|sort }}", "{{ [{}, {}]|sort }}", "{{ [[], {}]|unique|list }}", "{{ 5|list }}", "{{ l|map|list }}", "{{ l|map('nope')|list }}", "{{ l|select('nope')|list }}", "{{ l|selectattr|list }}", "{{ l|dictsort }}", "{{ 5|items|list }}", "{{ d|dictsort(by='x') }}", "{{ 5|join }}", "{{ l|map(attribute='x')|map('upper')|list }}", "{{ l|map(attribute='x.y')|list }}", "{{ 5|first }}", "{{ 5|reverse }}", "{{ l|selectattr(1, 2)|list }}", "{{ range(1, 2, 0) }}", "{{ range('a') }}", "{{ range(100001) }}", "{{ 1|sort }}",
], l=["b", "a", "B", "c", "a"], o=[{"n": "a", "f": {"x": 2}}, {"n": "c", "f": {"x": 1}}, {"n": "b", "f": {"x": 2}}], d={"b": 1, "A": 3, "c": 2})

cases("tests", [
    "{% for v in values %}{{ v is none }}{{ v is boolean }}{{ v is true }}{{ v is false }}{{ v is integer }}{{ v is float }}{{ v is number }}{{ v is string }}{{ v is mapping }}{{ v is sequence }}{{ v is iterable }}{{ v is callable }} {% endfor %}", "{{ 3 is odd }} {{ 4 is even }} {{ 9 is divisibleby 3 }} {{ 9 is divisibleby(2) }} {{ true is odd }} {{ 2.0 is even }}", "{{ 1 is eq 1 }} {{ 1 is equalto(2) }} {{ 1 is ne 2 }} {{ 1 is lt 2 }} {{ 2 is gt 1 }} {{ 1 is le 1 }} {{ 1 is ge 2 }} {{ 1 is lessthan 2 }} {{ 2 is greaterthan 1 }} {{ 1 is in [1, 2] }} {{ 'x' is in 'abc' }} {{ 1 is sameas 1 }} {{ none is sameas none }} {{ true is sameas true }}", "{{ 'abc' is lower }} {{ 'ABC' is upper }} {{ 'aBc' is lower }} {{ '1' is lower }} {{ 'upper' is filter }} {{ 'nope' is filter }} {{ 'odd' is test }} {{ 'nope' is test }}", "{{ 1 is not none }} {{ 1 is not string }} {{ not 1 is string }} {{ 1 is integer and 2 is integer }} {{ 1 is integer or x.y }} {{ missing is not defined or missing }}", "{{ 'a' if 1 is odd else 'b' }} {{ [1, 2] is sequence and [1, 2] is not string }} {{ 5 is defined == true }} {{ 5 + 3 is number }} {{ (5 + 3) is number }} {{ -1 is number }} {{ 'ab' is string }}", "{{ namespace is callable }} {{ range is callable }} {{ ''.upper is callable }} {{ namespace() is mapping }} {{ namespace() is iterable }} {{ range(2) is sequence }} {{ range(2) is iterable }}",
    "{{ 'x' is odd }}", "{{ none is even }}", "{{ 1 is divisibleby 0 }}", "{{ 1 is nosuch }}", "{{ 1 is lt 'a' }}", "{{ 1 is in 5 }}", "{{ 1 is divisibleby }}",
], values=[None, True, False, 0, 1, 1.0, "", "s", [], [1], {}, {"k": 1}])

cases("globals", [
    "{{ strftime_now('%d %b %Y') }} {{ strftime_now('%Y-%m-%d %H:%M:%S.%f') }} {{ strftime_now('%A %a %B %j %y %I %p %w %U %W %% %e %D %T %F %R %u %V %G %c|%x|%X|%z|%Z|') }} {{ strftime_now('plain') }}", "{{ strftime_now('%-d %-m %-H') }}", "{{ raise_exception('the message: ' ~ 1) }}", "{% if true %}\n{{ raise_exception(\"Conversation roles must alternate user/assistant/user/assistant/...\") }}{% endif %}", "{{ raise_exception(none) }}", "{{ raise_exception() }}", "{{ range(2)|list }}", "{{ range() }}", "{{ range(1, 2, 3, 4) }}", "{{ dict(1) }}", "{{ dict([1]) }}", "{{ dict(a=1).a }}", "{{ nosuchglobal(1) }}", "{{ range(**{'x': 1}) }}",
    "{% set range = 5 %}{{ range }}", "{% set dict = {'a': 1} %}{{ dict.a }}", "{{ namespace(a=1).a }}",
])

# ---------------------------------------------------------------- errors of syntax: the line is compared

cases("syntax errors", [
    "{{", "{{ }}", "{% %}", "{% if %}x{% endif %}", "{% if true %}", "line\n{% if true %}\n\n", "{% endif %}", "{% for x in y %}{% endif %}", "{% for in y %}{% endfor %}", "{% for x y %}{% endfor %}", "{% foo %}", "a\nb\n{% unknown_tag %}\n", "{{ 1 + }}", "{{ 1 2 }}", "{{ (1 }}", "{{ [1, }}", "{{ {'a' 1} }}", "{{ 'unterminated }}", "a\n{{ 'x\n }}", "{{ a b }}", "{{ a.1b }}", "{{ a..b }}", "{{ a. }}", "{{ a| }}", "{{ a|1 }}", "{{ a is }}", "{{ a is defined is none }}", "{# open comment", "{% raw %} open", "{% set %}", "{% set 1 = 2 %}", "{% set x = %}", "{% set true = 1 %}", "{% set x %}no end", "{% macro %}{% endmacro %}", "{% macro m %}{% endmacro %}", "{% macro m(a=1, b) %}{% endmacro %}", "{% macro m(1) %}{% endmacro %}", "{{ f(a=1, 2) }}", "{{ f(*a, 1) }}", "{{ f(**a, *b) }}", "{{ f(**a, b=1) }}", "{{ f(1 }}", "{{ x|nosuchfilter }}", "a\n\n{{ x|nosuchfilter }}", "{{ x is nosuchtest }}", "{{ 1 if }}", "{{ 1 if 2 else }}", "{{ not }}", "{{ $x }}", "{{ a ? b }}", "{{ a ! b }}", "{{ a @ b }}", "{{ ] }}", "{{ (] }}", "{{ a[ }}", "{{ a[] }}", "{{ '\\x4' }}", "{{ '\\u12' }}", "{{ '\\U11111111' }}", "{% for loop in x %}{% endfor %}", "{% else %}", "{% elif x %}", "{% if a %}{% else %}{% else %}{% endif %}", "{% if a %}{% elif %}{% endif %}", "{% call 5 %}{% endcall %}", "{% call m %}{% endcall %}", "{% with 1 %}{% endwith %}", "{% filter %}{% endfilter %}", "{% for x in [1] %}\n{{ x }\n{% endfor %}", "{% if a %}\n{% for x in y %}\n{% endif %}\n{% endfor %}", "x\n{{ a |\n\nnosuch2 }}", "{% generation %}", "{% do x %}", "{{ 1 }} }} {{ 2", "{{ {1} }}", "{{ a not b }}", "{% set a.b.c = 1 %}", "{% set a['b'] = 1 %}", "{% set f() = 1 %}", "{%- if x", "{% if x }}y{% endif %}",
])

# ---------------------------------------------------------------- in the style of published families

USER = {"role": "user", "content": "Hi there 🙂"}
SYSTEM = {"role": "system", "content": "  Be brief. "}
ASSISTANT = {"role": "assistant", "content": "Hello!\n"}
CALL = {"role": "assistant", "content": None, "tool_calls": [
    {"id": "abc123xyz", "type": "function", "function": {"name": "get_weather", "arguments": {"city": "Paris", "days": 2}}},
    {"id": "def456uvw", "type": "function", "function": {"name": "now", "arguments": {}}}]}
RESULTS = [{"role": "tool", "tool_call_id": "abc123xyz", "name": "get_weather", "content": "{\"t\": 20}"}, {"role": "tool", "tool_call_id": "def456uvw", "name": "now", "content": "noon"}]
REASONED = {"role": "assistant", "content": "<think>\nhm\n</think>\n\n42"}
PARTS = {"role": "user", "content": [{"type": "text", "text": "What is "}, {"type": "image"}, {"type": "text", "text": "this?"}]}
TOOLS = [{"type": "function", "function": {"name": "get_weather", "description": "Gets \"the\" weather\nnow", "parameters": {"type": "object", "properties": {"city": {"type": "string", "description": "A city"}, "days": {"type": "integer", "minimum": 1}, "unit": {"type": "string", "enum": ["c", "f"]}}, "required": ["city"]}}}, {"type": "function", "function": {"name": "now", "description": "The time", "parameters": {"type": "object", "properties": {}}}}]
CHATS = {
    "one turn": [USER],
    "system": [SYSTEM, USER, ASSISTANT, {"role": "user", "content": "And?"}],
    "tools": [SYSTEM, USER, CALL, *RESULTS, {"role": "assistant", "content": "20 degrees at noon"}, USER],
    "reasoning": [USER, REASONED, USER],
    "parts": [PARTS],
    "bad order": [USER, USER],
}

FAMILIES = {
    "chatml": "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + (message['content'] if message['content'] is string else message['content']|tojson) + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    "smollm": "{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are helpful<|im_end|>\n' }}{% endif %}{% for message in messages %}{{ '<|im_start|>' ~ message.role ~ '\n' ~ (message.content or '') ~ '<|im_end|>\n' }}{% endfor %}{{ '<|im_start|>assistant\n' if add_generation_prompt else '' }}",
    "qwen2.5": """{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0]['role'] == 'system' %}
        {{- messages[0]['content'] }}
    {%- else %}
        {{- 'You are a helpful assistant.' }}
    {%- endif %}
    {{- "\\n\\n# Tools\\n<tools>" }}
    {%- for tool in tools %}
        {{- "\\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "\\n</tools><|im_end|>\\n" }}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\\n' + (message.content if message.content is string else '') + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {{- '<|im_start|>' + message.role }}
        {%- if message.content %}
            {{- '\\n' + message.content }}
        {%- endif %}
        {%- for tool_call in message.tool_calls %}
            {%- if tool_call.function is defined %}
                {%- set tool_call = tool_call.function %}
            {%- endif %}
            {{- '\\n<tool_call>\\n{"name": "' }}
            {{- tool_call.name }}
            {{- '", "arguments": ' }}
            {{- tool_call.arguments | tojson }}
            {{- '}\\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == "tool" %}
        {%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\\n<tool_response>\\n' }}
        {{- message.content }}
        {{- '\\n</tool_response>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
            {{- '<|im_end|>\\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
""",
    "qwen3 reasoning": """{%- set ns = namespace(multi_step=true, last=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step = false %}
        {%- set ns.last = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- set content = message.content if message.content is string else '' %}
    {%- set reasoning = '' %}
    {%- if message.reasoning_content is defined and message.reasoning_content is not none %}
        {%- set reasoning = message.reasoning_content %}
    {%- elif '</think>' in content %}
        {%- set reasoning = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
        {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
    {%- endif %}
    {%- if loop.index0 > ns.last and (loop.last or reasoning) %}
        {{- message.role ~ ':<think>\\n' ~ reasoning.strip('\\n') ~ '\\n</think>\\n\\n' ~ content }}
    {%- else %}
        {{- message.role ~ ':' ~ content }}
    {%- endif %}
    {{- '\\n' }}
{%- endfor %}
{%- if add_generation_prompt and enable_thinking is defined and enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}
""",
    "llama2": "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}",
    "llama3.1": """{{- bos_token }}
{%- if not date_string is defined %}
    {%- set date_string = strftime_now("%d %b %Y") %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{{- "Today Date: " + date_string + "\\n\\n" }}
{%- if tools is not none %}
    {%- for t in tools %}
        {{- t | tojson(indent=4) }}
        {{- "\\n\\n" }}
    {%- endfor %}
{%- endif %}
{{- system_message }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}
            {{- raise_exception("This model only supports single tool-calls at once!") }}
        {%- endif %}
        {%- set tool_call = message.tool_calls[0].function %}
        {{- '{"name": "' + tool_call.name + '", ' }}
        {{- '"parameters": ' }}
        {{- tool_call.arguments | tojson }}
        {{- "}" }}
    {%- elif message.role == "tool" or message.role == "ipython" %}
        {%- if message.content is mapping or message.content is iterable %}
            {{- message.content | tojson }}
        {%- else %}
            {{- message.content }}
        {%- endif %}
        {{- "<|eot_id|>" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
""",
    "mistral nemo": """{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}
{%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}
{#- This block checks for alternating user/assistant messages, skipping tool calls #}
{%- set ns = namespace() %}
{%- set ns.index = 0 %}
{%- for message in loop_messages %}
    {%- if not (message.role == "tool" or message.role == "tool_results" or (message.tool_calls is defined and message.tool_calls is not none)) %}
        {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
            {{- raise_exception("After the optional system message, conversation roles must alternate user/assistant/user/assistant/...") }}
        {%- endif %}
        {%- set ns.index = ns.index + 1 %}
    {%- endif %}
{%- endfor %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if tools is not none and (message == user_messages[-1]) %}
            {{- "[AVAILABLE_TOOLS][" }}
            {%- for tool in tools %}
                {%- set tool = tool.function %}
                {{- '{"type": "function", "function": {' }}
                {%- for key, val in tool.items() if key != "return" %}
                    {%- if val is string %}
                        {{- '"' + key + '": "' + val + '"' }}
                    {%- else %}
                        {{- '"' + key + '": ' + val|tojson }}
                    {%- endif %}
                    {%- if not loop.last %}
                        {{- ", " }}
                    {%- endif %}
                {%- endfor %}
                {{- "}}" }}
                {%- if not loop.last %}
                    {{- ", " }}
                {%- else %}
                    {{- "]" }}
                {%- endif %}
            {%- endfor %}
            {{- "[/AVAILABLE_TOOLS]" }}
        {%- endif %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST]" + system_message + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST]" + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif (message.tool_calls is defined and message.tool_calls is not none) %}
        {{- "[TOOL_CALLS][" }}
        {%- for tool_call in message.tool_calls %}
            {%- set out = tool_call.function|tojson %}
            {{- out[:-1] }}
            {%- if not tool_call.id is defined or tool_call.id|length != 9 %}
                {{- raise_exception("Tool call IDs should be alphanumeric strings with length 9!") }}
            {%- endif %}
            {{- ', "id": "' + tool_call.id + '"}' }}
            {%- if not loop.last %}
                {{- ", " }}
            {%- else %}
                {{- "]" + eos_token }}
            {%- endif %}
        {%- endfor %}
    {%- elif message["role"] == "assistant" %}
        {{- message["content"] + eos_token}}
    {%- elif message["role"] == "tool_results" or message["role"] == "tool" %}
        {%- if message.content is defined and message.content.content is defined %}
            {%- set content = message.content.content %}
        {%- else %}
            {%- set content = message.content %}
        {%- endif %}
        {{- '[TOOL_RESULTS]{"content": ' + content|string + ", " }}
        {{- '"call_id": "' + message.tool_call_id + '"}[/TOOL_RESULTS]' }}
    {%- else %}
        {{- raise_exception("Only user and assistant roles are supported, with the exception of an initial optional system message!") }}
    {%- endif %}
{%- endfor %}
""",
    "gemma": """{{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- set first_user_prefix = messages[0]['content'] + '\\n\\n' -%}
    {%- set loop_messages = messages[1:] -%}
{%- else -%}
    {%- set first_user_prefix = "" -%}
    {%- set loop_messages = messages -%}
{%- endif -%}
{%- for message in loop_messages -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception("Conversation roles must alternate user/assistant/user/assistant/...") }}
    {%- endif -%}
    {%- if (message['role'] == 'assistant') -%}
        {%- set role = "model" -%}
    {%- else -%}
        {%- set role = message['role'] -%}
    {%- endif -%}
    {{ '<start_of_turn>' + role + '\\n' + (first_user_prefix if loop.first else "") }}
    {%- if message['content'] is string -%}
        {{ message['content'] | trim }}
    {%- elif message['content'] is iterable -%}
        {%- for item in message['content'] -%}
            {%- if item['type'] == 'image' -%}
                {{ '<start_of_image>' }}
            {%- elif item['type'] == 'text' -%}
                {{ item['text'] | trim }}
            {%- endif -%}
        {%- endfor -%}
    {%- else -%}
        {{ raise_exception("Invalid content type") }}
    {%- endif -%}
    {{ '<end_of_turn>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{'<start_of_turn>model\\n'}}
{%- endif -%}
""",
    "phi": "{% for message in messages %}{% if message['role'] == 'system' and 'tools' in message and message['tools'] is not none %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|tool|>' + message['tools'] + '<|/tool|>' + '<|end|>' }}{% elif message['content'] %}{{ '<|' ~ message['role'] ~ '|>' ~ message['content'] ~ '<|end|>' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% else %}{{ eos_token }}{% endif %}",
    "deepseek": """{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}{% set ns = namespace(is_first=false, is_tool=false, is_output_first=true, system_prompt='') %}{%- for message in messages %}{%- if message['role'] == 'system' %}{% set ns.system_prompt = message['content'] %}{%- endif %}{%- endfor %}{{bos_token}}{{ns.system_prompt}}{%- for message in messages %}{%- if message['role'] == 'user' %}{%- set ns.is_tool = false -%}{{'<|User|>' ~ message['content']}}{%- endif %}{%- if message['role'] == 'assistant' and message['content'] is none %}{%- set ns.is_tool = false -%}{%- for tool in message['tool_calls']%}{%- if not ns.is_first %}{{'<|Assistant|><|calls_begin|><|call_begin|>' + tool['type'] + '<|sep|>' + tool['function']['name'] + '\\n' + '```json' + '\\n' + tool['function']['arguments']|tojson + '\\n' + '```' + '<|call_end|>'}}{%- set ns.is_first = true -%}{%- else %}{{'\\n' + '<|call_begin|>' + tool['type'] + '<|sep|>' + tool['function']['name'] + '<|call_end|>'}}{{'<|calls_end|><|eos|>'}}{%- endif %}{%- endfor %}{%- endif %}{%- if message['role'] == 'assistant' and message['content'] is not none %}{%- if ns.is_tool %}{{'<|outputs_end|>' + message['content'] + '<|eos|>'}}{%- set ns.is_tool = false -%}{%- else %}{% set content = message['content'] %}{% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}{{'<|Assistant|>' + content + '<|eos|>'}}{%- endif %}{%- endif %}{%- if message['role'] == 'tool' %}{%- set ns.is_tool = true -%}{%- if ns.is_output_first %}{{'<|outputs_begin|><|output_begin|>' + message['content'] + '<|output_end|>'}}{%- set ns.is_output_first = false %}{%- else %}{{'\\n<|output_begin|>' + message['content'] + '<|output_end|>'}}{%- endif %}{%- endif %}{%- endfor -%}{% if ns.is_tool %}{{'<|outputs_end|>'}}{% endif %}{% if add_generation_prompt and not ns.is_tool %}{{'<|Assistant|>'}}{% endif %}""",
    "hermes": """{%- macro json_to_python_type(json_spec) %}
    {%- set basic_type_map = {
    "string": "str",
    "number": "float",
    "integer": "int",
    "boolean": "bool"
} %}
    {%- if basic_type_map[json_spec.type] is defined %}
        {{- basic_type_map[json_spec.type] }}
    {%- elif json_spec.type == "array" %}
        {{- "list[" +  json_to_python_type(json_spec|items) + "]" }}
    {%- elif json_spec.type is iterable %}
        {{- "Union[" }}
        {%- for t in json_spec.type %}
            {{- json_to_python_type({"type": t}) }}
            {%- if not loop.last %}
                {{- "," }}
            {%- endif %}
        {%- endfor %}
        {{- "]" }}
    {%- else %}
        {{- "Any" }}
    {%- endif %}
{%- endmacro %}

{{- bos_token }}
{%- for tool in tools or [] %}
    {%- if tool.function is defined %}
        {%- set tool = tool.function %}
    {%- endif %}
    {{- '{"type": "function", "function": ' }}
    {{- '{"name": "' + tool.name + '", ' }}
    {{- '"description": "' + tool.name + '(' }}
    {%- for param_name, param_fields in tool.parameters.properties|items %}
        {{- param_name + ": " + json_to_python_type(param_fields) }}
        {%- if not loop.last %}
            {{- ", " }}
        {%- endif %}
    {%- endfor %}
    {{- ")" }}
    {%- if tool.return is defined %}
        {{- " -> " + json_to_python_type(tool.return) }}
    {%- endif %}
    {{- " - " + tool.description + "\\n\\n" }}
    {%- for param_name, param_fields in tool.parameters.properties|items %}
        {%- if loop.first %}
            {{- "    Args:\\n" }}
        {%- endif %}
        {{- "        " + param_name + "(" + json_to_python_type(param_fields) + "): " + param_fields.description|default('')|trim }}
    {%- endfor %}
    {{- '", "parameters": ' }}
    {%- if tool.parameters.properties | length == 0 %}
        {{- "{}" }}
    {%- else %}
        {{- tool.parameters|tojson }}
    {%- endif %}
    {{- "}" }}
    {%- if not loop.last %}
        {{- "\\n" }}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.tool_calls is defined and message.tool_calls %}
        {{- '<|im_start|>' + message.role }}
        {%- for tool_call in message.tool_calls %}
            {{- '\\n<tool_call>\\n' }}
            {{- '{"name": "' ~ tool_call.function.name ~ '", "arguments": ' ~ (tool_call.function.arguments|tojson) ~ '}' }}
            {{- '\\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>' ~ message.role ~ '\\n' ~ message.content ~ '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
""",
    "granite": """{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content'] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set system_message = "Knowledge Cutoff Date: April 2024.\\nToday's Date: " + strftime_now('%B %d, %Y') + ".\\nYou are Granite." %}
    {%- if tools and documents %}
        {%- set system_message = system_message + " Tools and documents." %}
    {%- elif tools %}
        {%- set system_message = system_message + " Tools." %}
    {%- endif %}
    {%- set loop_messages = messages %}
{%- endif %}
{{- '<|start_of_role|>system<|end_of_role|>' + system_message + '<|end_of_text|>\\n' }}
{%- if tools %}
    {{- '<|start_of_role|>tools<|end_of_role|>' }}
    {{- tools | tojson(indent=4) }}
    {{- '<|end_of_text|>\\n' }}
{%- endif %}
{%- if documents %}
    {%- for document in documents %}
        {{- 'Document ' + loop.index0 | string + '\\n' + document['text'] }}
        {%- if not loop.last %}
            {{- '\\n\\n' }}
        {%- endif %}
    {%- endfor %}
{%- endif %}
{%- for message in loop_messages %}
    {{- '<|start_of_role|>' + message['role'] + '<|end_of_role|>' + (message['content'] or '')|string + '<|end_of_text|>\\n' }}
    {%- if loop.last and add_generation_prompt %}
        {{- '<|start_of_role|>assistant<|end_of_role|>' }}
    {%- endif %}
{%- endfor %}
""",
    "command-r": """{% macro document_turn(documents) -%}
{# format documents into chat turn #}
<|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|><results>
{% for doc in documents %}{{ "\\nDocument: " }}{{ loop.index0 }}
{% for key, value in doc.items() %}
{{ key }}: {{ value }}
{% endfor %}
{% endfor %}</results><|END_OF_TURN_TOKEN|>
{%- endmacro %}
{%- macro tool_call_id_to_int(messages, tool_call_id) %}
    {%- set counter = namespace(value=0) %}
    {%- set tool_call_id_seen = namespace(value=false) %}
    {%- for msg in messages %}
        {%- if msg.tool_calls %}
            {%- for tool_call in msg.tool_calls %}
                {%- if tool_call.id == tool_call_id and not tool_call_id_seen.value %}
                    {{ counter.value }}
                    {%- set tool_call_id_seen.value = true %}
                {%- endif %}
                {%- set counter.value = counter.value + 1 %}
            {%- endfor %}
        {%- endif %}
    {%- endfor %}
{%- endmacro %}
{{ bos_token }}
{%- if documents %}{{ document_turn(documents) }}{% endif %}
{%- for message in messages %}
    {%- set content = message['content'] %}
    {%- if message['role'] == 'user' %}
        {{ '<|START_OF_TURN_TOKEN|><|USER_TOKEN|>' + content|string|trim + '<|END_OF_TURN_TOKEN|>' }}
    {%- elif message['role'] == 'assistant' and message.tool_calls %}
        {{ '<|CHATBOT_TOKEN|>Action: ```json\\n[' }}
        {%- for call in message.tool_calls %}
{{ {"tool_name": call.function.name, "parameters": call.function.arguments}|tojson(indent=4) }}{% if not loop.last %},{% endif %}

        {%- endfor %}
        {{ ']```' }}
    {%- elif message['role']|lower == 'tool' %}
        {{ '<|SYSTEM_TOKEN|>' ~ tool_call_id_to_int(messages, message.tool_call_id)|trim ~ ':' ~ content }}
    {%- else %}
        {{ '<|' ~ message.role|upper ~ '_TOKEN|>' ~ content }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>' }}{%- endif %}
""",
    "training": """{% for message in messages %}
    {%- if message.role == 'assistant' and message.content is string %}
        {{- '<a>' }}{% generation %}{{ message.content + eos_token }}{% endgeneration %}
    {%- elif message.content is string %}
        {{- '<' ~ message.role ~ '>' ~ message.content }}
    {%- else %}{% continue %}
    {%- endif %}
{% endfor %}
""",
    "typescript tools": """{%- macro type_of(spec, required, depth=0) -%}
    {%- if spec.type == "object" -%}
        {{- "{\\n" }}
        {%- for name, prop in spec.properties.items() -%}
            {{- "  " * (depth + 1) ~ name ~ ("?" if name not in (required or []) else "") ~ ": " ~ type_of(prop, prop.required or [], depth + 1) }}
            {{- ",\\n" if not loop.last else "\\n" }}
        {%- endfor -%}
        {{- "  " * depth ~ "}" }}
    {%- elif spec.enum is defined and spec.enum is iterable and spec.enum is not string -%}
        {{- '"' + spec.enum|join('" | "') + '"' -}}
    {%- elif spec.type in ["integer", "number"] -%}
        {{- "number" }}
    {%- else -%}
        {{- spec.type|default("any", true) }}
    {%- endif -%}
{%- endmacro -%}
{%- for tool in tools or [] %}
    {%- set tool = tool.function %}
    {{- "// " ~ tool.description.split('\\n')[0] ~ "\\ntype " ~ tool.name ~ " = (_: " ~ type_of(tool.parameters, tool.parameters.required) ~ ") => any;\\n\\n" }}
{%- endfor %}
{{- messages|rejectattr('role', 'equalto', 'tool')|map(attribute='role')|join(' > ') }}
{%- set last = messages|selectattr('role', 'equalto', 'user')|list|last %}
{{- '\\n' ~ (last.content if last.content is string else last.content|selectattr('type', 'equalto', 'text')|map(attribute='text')|join('')) }}
""",
}

for family, template in FAMILIES.items():
    for chat, messages in CHATS.items():
        variables = {"messages": messages, "bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": True}
        if chat == "tools":
            variables["tools"] = TOOLS
        if chat == "system":
            variables["add_generation_prompt"] = False
            variables["documents"] = [{"title": "T", "text": "body"}, {"title": "U", "text": "more"}]
        if chat == "reasoning":
            variables["enable_thinking"] = False
            variables["date_string"] = "26 Jul 2024"
        CASES.append((f"{family}: {chat}", template, variables))


def main():
    env = environment()
    goldens = [golden(env, *case) for case in CASES]
    target = pathlib.Path(__file__).with_name("goldens.json")
    # One case a line: a change shows as the lines it touches.
    lines = ",\n".join(json.dumps(case, ensure_ascii=True) for case in goldens)
    target.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(goldens)} cases, {sum('text' in case for case in goldens)} of them with a text")


if __name__ == "__main__":
    main()
