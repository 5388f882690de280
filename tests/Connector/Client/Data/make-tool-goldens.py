"""Writes tool-goldens.json: what Jinja2, set up as Hugging Face transformers does, makes of conversations with tools.

    python3 make-tool-goldens.py        (needs jinja2 >= 3.1)

The templates are those of ../../Templates/Data/make-goldens.py, in the style of Llama 3.1 and of Mistral Nemo; Llama's
with the frames of calls and results that the published one has. Calls are named as the connector names them.
"""

import importlib.util
import json
import pathlib

HERE = pathlib.Path(__file__).parent
spec = importlib.util.spec_from_file_location("goldens", HERE / "../../Templates/Data/make-goldens.py")
goldens = importlib.util.module_from_spec(spec)
spec.loader.exec_module(goldens)

HEADER = "<|start_header_id|>%s<|end_header_id|>\\n\\n"
LLAMA = (
    goldens.FAMILIES["llama3.1"]
    .replace('strftime_now("%d %b %Y")', '"26 Jul 2024"')
    .replace("        {{- '{\"name\": \"' +", "        {{- '" + HEADER % "assistant" + "{\"name\": \"' +")
    .replace('        {{- "}" }}\n', '        {{- "}<|eot_id|>" }}\n')
    .replace('        {%- if message.content is mapping', '        {{- "' + HEADER % "ipython" + '" }}\n'
             '        {%- if message.content is mapping'))
FAMILIES = {"llama3.1": LLAMA, "mistral nemo": goldens.FAMILIES["mistral nemo"]}
WEATHER = {"type": "function", "function": {
    "name": "weather", "description": "Tells \"the\" weather.",
    "parameters": {"type": "object", "properties": {
        "city": {"type": "string", "description": "The city."}, "days": {"type": "integer"}}, "required": ["city"]}}}
NOW = {"type": "function", "function": {
    "name": "now", "description": "Tells the time.", "parameters": {"type": "object", "properties": {}}}}


def call(number, name, **arguments):
    return {"type": "function", "id": "call%05d" % number, "function": {"name": name, "arguments": arguments}}


def said(role, text):
    return {"role": role, "content": text}


def called(*calls):
    return {"role": "assistant", "content": "", "tool_calls": list(calls)}


def told(number, name, text):
    return {"role": "tool", "content": text, "tool_call_id": "call%05d" % number, "name": name}


ASKED = [said("system", "Be brief."), said("user", "Zürich?")]
ONE = ASKED + [called(call(0, "weather", city="Zürich", days=2)), told(0, "weather", "rain")]
TWO = ASKED + [called(call(0, "weather", city="Zürich"), call(1, "now")),
               told(0, "weather", "rain"), told(1, "now", "noon")]
CASES = {
    "asked": ASKED,
    "one call": ONE,
    "one call, answered": ONE + [said("assistant", "It rains."), said("user", "And now?")],
    "two calls": TWO,
    "no system": ASKED[1:] + [called(call(0, "now")), told(0, "now", "noon")],
}


def main():
    env = goldens.environment()
    rows = []
    for family, template in FAMILIES.items():
        for name, messages in CASES.items():
            if family == "llama3.1" and name == "two calls":
                continue  # it raises: one call a turn
            rendered = env.from_string(template).render(
                messages=messages, tools=[WEATHER, NOW], documents=None, add_generation_prompt=True,
                bos_token="<|begin|>", eos_token="<|im_end|>")
            rows.append({"family": family, "case": name, "template": template, "messages": messages,
                         "tools": [WEATHER, NOW], "rendered": rendered})
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (HERE / "tool-goldens.json").write_text("[\n" + lines + "\n]\n")


if __name__ == "__main__":
    main()
