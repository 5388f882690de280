"""Beam searches as Hugging Face transformers runs them, over a model that is a hash function.

    python make.py VERSION .../transformers/generation/utils.py > transformers.json

Needs torch. The beam search of that file runs as it is, with nothing of transformers around it:
whatever it calls beside its own helpers is below. The model's logits are small multiples of 1/512,
exact in float32; HashModel.cs has the same.
"""

import ast
import json
import random
import sys
from types import SimpleNamespace

import torch

MASK = 0xFFFFFFFF


def mix(value):
    value ^= value >> 15
    value = value * 0x85EBCA6B & MASK
    value ^= value >> 13
    value = value * 0xC2B2AE35 & MASK
    return value ^ value >> 16


def logits(case, tokens):
    state = case["seed"]
    for token in tokens:
        state = mix((state * 31 + token + 1) & MASK)
    return [
        mix((state + candidate * 0x9E3779B1) & MASK) % 2048 / 512
        + (case["end_bias"] if candidate in case["end_tokens"] else 0)
        for candidate in range(case["vocabulary"])
    ]


def beam_search_of(path):
    """The class with the beam search of the file, and only with that."""
    tree = ast.parse(open(path).read())
    mixin = next(
        node
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == "GenerationMixin"
    )
    names = {
        "_flatten_beam_dim",
        "_unflatten_beam_dim",
        "_gather_beams",
        "_check_early_stop_heuristic",
        "_beam_search_has_unfinished_sequences",
        "_get_top_k_continuations",
        "_get_running_beams_for_next_iteration",
        "_update_finished_beams",
        "_beam_search",
    }
    mixin.body = [
        node for node in mixin.body if isinstance(node, ast.FunctionDef) and node.name in names
    ]
    mixin.bases = []
    future = ast.parse("from __future__ import annotations").body
    module = ast.fix_missing_locations(ast.Module(body=future + [mixin], type_ignores=[]))
    scope = {
        "torch": torch,
        "nn": torch.nn,
        "ALL_CACHE_NAMES": [],
        "GenerateBeamDecoderOnlyOutput": SimpleNamespace,
    }
    exec(compile(module, path, "exec"), scope)
    return scope["GenerationMixin"]


def model_of(beam_search, case):
    class Model(beam_search):
        config = SimpleNamespace(
            is_encoder_decoder=False,
            get_text_config=lambda: SimpleNamespace(vocab_size=case["vocabulary"]),
        )

        def prepare_inputs_for_generation(self, input_ids, **_):
            return {"input_ids": input_ids}

        def __call__(self, input_ids, **_):
            rows = [[logits(case, row)] for row in input_ids.tolist()]
            return SimpleNamespace(logits=torch.tensor(rows, dtype=torch.float32))

        def _prefill(self, input_ids, *_):
            return self(input_ids)

        def _get_initial_cache_position(self, _, model_kwargs):
            return model_kwargs

        def _update_model_kwargs_for_generation(self, _, model_kwargs, **__):
            return model_kwargs

        def _has_unfinished_sequences(self, this_peer_finished, *_, **__):
            return not this_peer_finished

    return Model()


def search(beam_search, case):
    prompt, ends = case["prompt"], case["end_tokens"]
    length_max = len(prompt) + case["max_tokens"]

    def process(tokens, scores):
        if tokens.shape[1] - len(prompt) >= case["min_tokens"]:
            return scores
        scores = scores.clone()
        scores[:, ends] = -float("inf")
        return scores

    def stop(tokens, _):
        return torch.tensor([row[-1] in ends or len(row) >= length_max for row in tokens.tolist()])

    answer = model_of(beam_search, case)._beam_search(
        torch.tensor([prompt] * case["width"]),
        process,
        stop,
        SimpleNamespace(
            _pad_token_tensor=torch.tensor(0),
            _eos_token_tensor=torch.tensor(ends),
            output_attentions=False,
            output_hidden_states=False,
            output_scores=True,
            output_logits=False,
            return_dict_in_generate=True,
            do_sample=False,
            early_stopping={"always": True, "heuristic": False, "never": "never"}[
                case["early_stopping"]
            ],
            length_penalty=case["length_penalty"],
            max_length=length_max,
            num_beams=case["width"],
            num_return_sequences=case["width"],
            low_memory=False,
        ),
        synced_gpus=False,
    )
    return [
        hypothesis(case, row, worth)
        for row, worth in zip(answer.sequences.tolist(), answer.sequences_scores.tolist())
    ]


def hypothesis(case, row, worth):
    """A row is padded behind its end token."""
    output = row[len(case["prompt"]) :]
    ends = [place for place, token in enumerate(output) if token in case["end_tokens"]]
    output = output[: ends[0] + 1] if ends else output
    return {"tokens": output, "worth": worth, "stopped": bool(ends)}


def cases():
    chance = random.Random(20)
    for number in range(240):
        # As many tokens as beams at least: with fewer, transformers goes on with twins of a beam.
        width = chance.choice([2, 3, 4, 5])
        ends = chance.choice([1, 1, 2, 3])
        vocabulary = width + ends + chance.randrange(8)
        max_tokens = chance.randrange(1, 10)
        yield {
            "seed": chance.randrange(1 << 32),
            "vocabulary": vocabulary,
            "prompt": [chance.randrange(vocabulary) for _ in range(chance.randrange(1, 4))],
            "end_tokens": sorted(chance.sample(range(vocabulary), ends)),
            "end_bias": chance.choice([-1, 0, 1, 2, 3]),
            "width": width,
            "length_penalty": chance.choice([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 1.0, 2.0, 3.0]),
            "early_stopping": ["always", "heuristic", "never"][number % 3],
            "max_tokens": max_tokens,
            "min_tokens": chance.choice([0, 0, 0, 1, 3]) if max_tokens > 3 else 0,
        }


def main(version, path):
    beam_search = beam_search_of(path)
    lines = ",\n".join(
        json.dumps(case | {"hypotheses": search(beam_search, case)}) for case in cases()
    )
    print(f'{{"transformers": "{version}", "cases": [\n{lines}\n]}}')


if __name__ == "__main__":
    main(*sys.argv[1:])
