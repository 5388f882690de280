"""Goldens of tool calls by those who publish the formats.

    python3 make-published.py MISTRAL_COMMON LLAMA_MODELS UNSLOTH TEMPLATES      (needs jinja2 >= 3.1 and pydantic >= 2)

The first three are checkouts of mistralai/mistral-common, meta-llama/llama-models and unslothai/unsloth; none of their
text is kept here.

- published-calls.json, beside this file: answers with calls as the reference implementations write them, and the calls.
  Mistral's are what the template says that mistral-common generates for a version; Llama's what llama-models encodes,
  and what it reads back of that.
- TEMPLATES/*.jinja and TEMPLATES/expected.json: the published templates, and conversations with tools rendered by Jinja2
  as transformers sets it up. PublishedToolTests reads them from artifacts/published; without them it is skipped.
"""

import ast
import importlib.metadata
import importlib.util
import json
import pathlib
import sys
import types
from unittest.mock import MagicMock

HERE = pathlib.Path(__file__).parent


def module(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


goldens = module(HERE / "../../Templates/Data/make-goldens.py", "goldens")
tools = module(HERE / "../../Client/Data/make-tool-goldens.py", "tools")

# Arguments that are easy to get wrong: braces and marks in texts, all types, nothing at all.
ARGUMENTS = [
    {"city": "Zürich", "days": 2},
    {},
    {"text": "}{ \"quoted\" \\ back\nslash", "empty": ""},
    {"list": [1, 2.5, "three", None, True], "nested": {"a": {"b": []}}},
    {"marks": "<tool_call>[TOOL_CALLS][ARGS]<|python_tag|>", "face": "🙂"},
]


class Anything(types.ModuleType):
    """Stands for a module that templates need nothing of."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return MagicMock(name=name)


def stand_in():
    """For what mistral-common imports and templates do not use, where it is not installed."""
    for name in ["numpy", "numpy.typing", "PIL", "PIL.Image", "pydantic_extra_types",
                 "pydantic_extra_types.language_code", "pycountry"]:
        root = name.split(".")[0]
        if isinstance(sys.modules.get(root), Anything) or importlib.util.find_spec(root) is None:
            sys.modules[name] = Anything(name)
            sys.modules[name].__path__ = []
    if isinstance(sys.modules.get("numpy"), Anything):
        sys.modules["numpy"].ndarray = type("ndarray", (), {"__class_getitem__": classmethod(lambda c, i: c)})
    if "pydantic_extra_types.language_code" in sys.modules:
        sys.modules["pydantic_extra_types.language_code"].LanguageAlpha2 = str


def mistral_templates(checkout):
    stand_in()
    importlib.metadata.version = lambda name: "0"
    sys.path.insert(0, str(pathlib.Path(checkout) / "src"))
    from mistral_common.integrations.chat_templates.template_generator import TemplateConfig, build_chat_template
    from mistral_common.tokens.tokenizers.base import TokenizerVersion

    def build(version, spm):
        return build_chat_template(TemplateConfig(
            version=TokenizerVersion(version), spm=spm, image_support=False, audio_support=False,
            thinking_support=False, plain_thinking_support=False, use_special_token_variables=True))

    return {"mistral v3 spm": build("v3", True), "mistral v3": build("v3", False), "mistral v7": build("v7", False),
            "mistral v11": build("v11", False), "mistral v13": build("v13", False)}


def unsloth_templates(checkout):
    tree = ast.parse((pathlib.Path(checkout) / "unsloth/chat_templates.py").read_text())
    texts = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) \
                and isinstance(node.value, ast.Constant):
            texts[node.targets[0].id] = node.value.value
    return {"llama 3.1": texts["llama31_template"].replace("{system_message}", ""),
            "qwen 2.5": texts["qwen25_template"].replace("{system_message}", "You are a helpful assistant."),
            "qwen 3": texts["qwen3_template"], "qwen 3 thinking": texts["qwen3_thinking_template"]}


def as_text(messages):
    """Arguments as JSON text, as clients of HTTP give them: mistral-common's templates escape those of objects."""
    return [message if "tool_calls" not in message else {**message, "tool_calls": [
        {**call, "function": {**call["function"], "arguments": json.dumps(
            call["function"]["arguments"], ensure_ascii=False)}} for call in message["tool_calls"]]}
        for message in messages]


def render(template, messages, tool_list):
    return goldens.environment().from_string(template).render(
        messages=messages, tools=tool_list, documents=None, add_generation_prompt=True,
        bos_token="<|begin|>", eos_token="<|im_end|>")


def calls(count, first):
    return [{"type": "function", "id": "abcdefgh%d" % (first + i), "function": {
        "name": ["weather", "now", "say_it-2"][i % 3], "arguments": ARGUMENTS[(first + i) % len(ARGUMENTS)]}}
        for i in range(count)]


def mistral_calls(name, template):
    for text in ["", "One moment."]:
        for count in [1, 2, 3]:
            for first in range(len(ARGUMENTS)):
                made = calls(count, first)
                asked = [tools.said("user", "?")]
                before = goldens.environment().from_string(template).render(
                    messages=asked, tools=None, bos_token="", eos_token="<|im_end|>")
                try:
                    after = goldens.environment().from_string(template).render(
                        messages=as_text(asked + [{"role": "assistant", "content": text, "tool_calls": made}]),
                        tools=None, bos_token="", eos_token="<|im_end|>")
                except goldens.jinja2.exceptions.TemplateError:
                    continue  # version 3 has no turn that says something and calls
                assert after.startswith(before) and after.endswith("<|im_end|>")
                answer = after[len(before):-len("<|im_end|>")]
                ids = '"id"' in answer or "[CALL_ID]" in answer
                yield {"family": "Mistral", "by": name, "answer": answer, "text": text, "calls": [
                    {"name": call["function"]["name"], "arguments": call["function"]["arguments"],
                     "id": call["id"] if ids else None} for call in made]}


def llama_calls(checkout):
    sys.path.insert(0, str(checkout))
    for package in ["models", "models.llama3"]:
        sys.modules[package] = types.ModuleType(package)
        sys.modules[package].__path__ = [str(pathlib.Path(checkout) / package.replace(".", "/"))]
    from models.datatypes import ToolCall, ToolPromptFormat
    from models.llama3.tool_utils import ToolUtils

    for arguments in ARGUMENTS:
        made = ToolCall.model_construct(call_id="", tool_name="weather", arguments=arguments)
        answer = ToolUtils.encode_tool_call(made, ToolPromptFormat.json)
        name, read = ToolUtils.maybe_extract_custom_tool_call(answer)
        other = json.dumps({"name": name, "parameters": read}, indent=4, ensure_ascii=False)
        assert ToolUtils.maybe_extract_custom_tool_call(other) == (name, read)
        call = {"name": name, "arguments": read, "id": None}
        for spelled in [answer, other, "<|python_tag|>" + answer, "<|python_tag|>" + other]:
            yield {"family": "Llama", "by": "llama-models", "answer": spelled, "text": "", "calls": [call]}
        # Several calls follow each other in one message, with nothing between.
        yield {"family": "Llama", "by": "llama-models", "answer": answer * 2, "text": "", "calls": [call, call]}
    # What its reader takes for no call of a given tool.
    for none in ['{"type": "object"}', "[1, 2]", "null", '{"type": "function", "na']:
        read = ToolUtils.maybe_extract_custom_tool_call(none)
        assert read is None, read
        yield {"family": "Llama", "by": "llama-models", "answer": none, "text": none, "calls": []}


def conversations(template):
    for name, messages in tools.CASES.items():
        try:
            said = as_text(messages) if "tojson|safe" in template else messages
            yield name, messages, render(template, said, [tools.WEATHER, tools.NOW])
        except goldens.jinja2.exceptions.TemplateError as error:
            print("   refuses", name, ":", error)


def write(path, rows):
    path.write_text("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n")


def main():
    mistral_common, llama_models, unsloth, out = sys.argv[1:]
    mistral = mistral_templates(mistral_common)
    rows = [row for name, template in mistral.items() for row in mistral_calls(name, template)]
    rows += llama_calls(llama_models)
    write(HERE / "published-calls.json", rows)

    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    expected = []
    for name, template in {**mistral, **unsloth_templates(unsloth)}.items():
        print(name)
        (out / (name + ".jinja")).write_text(template)
        for case, messages, rendered in conversations(template):
            expected.append({"template": name, "case": case, "messages": messages,
                             "tools": [tools.WEATHER, tools.NOW], "rendered": rendered})
    write(out / "expected.json", expected)


main()
