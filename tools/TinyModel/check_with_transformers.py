"""Checks the model against Hugging Face transformers, and writes what transformers makes of it.

    python3 check_with_transformers.py FOLDER CASES.jsonl [EXPECTED.json]

CASES.jsonl is written by the tool's command `cases`. Compared are the rendered chat template, the token ids
and the greedy replies (float32). EXPECTED.json gets one row a dialogue, for tests of other engines:
{messages, tools, rendered, prompt_ids, greedy_ids, greedy_text, margin}, where margin is the smallest
distance of the two likeliest tokens' logits over the reply.
"""

import json
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


def greedy(model, ids, limit, stops):
    device = model.device
    inputs = torch.tensor([ids], device=device)
    reply, margin, cache = [], float("inf"), None
    while len(reply) < limit:
        out = model(inputs, past_key_values=cache, use_cache=True)
        cache = out.past_key_values
        top = out.logits[0, -1].float().topk(2)
        margin = min(margin, (top.values[0] - top.values[1]).item())
        token = top.indices[0].item()
        reply.append(token)
        if token in stops:
            break
        inputs = torch.tensor([[token]], device=device)
    return reply, margin


def main():
    folder, cases = sys.argv[1], [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
    tokenizer = AutoTokenizer.from_pretrained(folder)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).to(device).eval()
    stops = model.generation_config.eos_token_id
    stops = set(stops if isinstance(stops, list) else [stops])
    rows, rendered_same, ids_same, right, decoded_same = [], 0, 0, 0, 0
    with torch.no_grad():
        for case in cases:
            rendered = tokenizer.apply_chat_template(
                case["messages"], tools=case["tools"] or None, add_generation_prompt=True, tokenize=False)
            ids = tokenizer(rendered, add_special_tokens=False)["input_ids"]
            rendered_same += rendered == case["prompt"]
            ids_same += ids == case["prompt_ids"]
            decoded_same += tokenizer.decode(ids, skip_special_tokens=False) == rendered
            reply, margin = greedy(model, ids, 250, stops)
            text = tokenizer.decode(reply, skip_special_tokens=True)
            right += text == case["expected"]
            rows.append({"messages": case["messages"], "tools": case["tools"], "rendered": rendered,
                         "prompt_ids": ids, "greedy_ids": reply, "greedy_text": text, "margin": margin})
    print(f"{len(cases)} dialogues: {rendered_same} rendered the same, {ids_same} with the same ids, "
          f"{decoded_same} decoded to the same text, {right} replies as expected")
    if len(sys.argv) > 3:
        with open(sys.argv[3], "w", encoding="utf-8") as file:
            file.write("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n")
    sys.exit(0 if rendered_same == ids_same == decoded_same == len(cases) else 1)


if __name__ == "__main__":
    main()
