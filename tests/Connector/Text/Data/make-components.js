// Makes components.json: small tokenizers, one or more for each component of a tokenizer.json,
// and what Hugging Face's tokenizers make of some texts with them. To run it again:
//     npm install tokenizers@0.23.2 && node make-components.js
const { Tokenizer } = require('tokenizers');
const fs = require('fs');
const path = require('path');

// -- two vocabularies, of bytes and of characters, each with merges that spell out some words ----

const byteLetters = () => {
  const printable = b => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || (b >= 174 && b <= 255);
  let next = 256;
  return [...Array(256).keys()].map(b => String.fromCharCode(printable(b) ? b : next++));
};
const letters = byteLetters();
const asLetters = text => [...Buffer.from(text)].map(b => letters[b]).join('');

// The word from left to right: h+e, he+l, hel+l, ...
const chain = (word, vocab, merges) => {
  let left = [...word][0];
  for (const right of [...word].slice(1)) {
    if (!merges.some(([a, b]) => a === left && b === right)) merges.push([left, right]);
    left += right;
    if (!(left in vocab)) vocab[left] = Object.keys(vocab).length;
  }
};

const bytes = () => {
  const vocab = {}, merges = [];
  letters.forEach((letter, i) => (vocab[letter] = i));
  for (const word of ['hello', ' world', ' the', 'ing', 'aa', 'll', ' 12', '日', 'é', '  ', "'s"])
    chain(asLetters(word), vocab, merges);
  // Ties by the token made, ordered by the list: a+aa before aa+a; and a token no merge reaches.
  vocab['aaa'] = Object.keys(vocab).length;
  merges.push(['a', 'aa'], ['aa', 'a']);
  vocab['orphan'] = Object.keys(vocab).length;
  return { type: 'BPE', dropout: null, unk_token: null, fuse_unk: false, vocab, merges };
};

const characters = () => {
  const vocab = { '<unk>': 0, '<s>': 1, '</s>': 2 }, merges = [];
  for (let b = 0; b < 256; b++)
    vocab[`<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`] = 3 + b;
  for (const c of '▁abcdefghijklmnopqrstuvwxyzABC.,!_12é日𝐀') vocab[c] = Object.keys(vocab).length;
  for (const word of ['▁the', '▁hello', '▁▁', '▁▁▁▁', 'ing', '▁a', 'll', 'aa', '▁12'])
    chain(word, vocab, merges);
  return {
    type: 'BPE', dropout: null, unk_token: '<unk>', fuse_unk: true, byte_fallback: true,
    vocab, merges: merges.map(pair => pair.join(' ')),
  };
};

// -- components ----------------------------------------------------------------------------------

const added = (id, content, flags = {}) => ({
  id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: false,
  ...flags,
});
const byteLevel = (add_prefix_space, use_regex) =>
  ({ type: 'ByteLevel', add_prefix_space, trim_offsets: true, use_regex });
const split = (pattern, behavior, invert = false) => ({ type: 'Split', pattern, behavior, invert });
const sequence = (key, ...steps) => ({ type: 'Sequence', [key]: steps });
const pre = (...steps) => sequence('pretokenizers', ...steps, byteLevel(false, false));
const metaspace = (prepend_scheme, splits) =>
  ({ type: 'Metaspace', replacement: '▁', prepend_scheme, split: splits });
const replace = (String, content) => ({ type: 'Replace', pattern: { String }, content });
const template = (...single) => ({
  type: 'TemplateProcessing',
  single: single.map(id =>
    id ? { SpecialToken: { id, type_id: 0 } } : { Sequence: { id: 'A', type_id: 0 } }),
  pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
  special_tokens: Object.fromEntries(single.filter(id => id).map(id =>
    [id, { id, ids: [id === '<s>' ? 1 : 2], tokens: [id] }])),
});

const gpt4 = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|`
  + String.raw` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const possessive = String.raw`'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}|`
  + String.raw` ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s`;
const cased = String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*`
  + String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|`
  + String.raw`\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s+(?!\S)|\s+`;

const spaces = sequence('normalizers', { type: 'Prepend', prepend: '▁' }, replace(' ', '▁'));
const unspaces = sequence('decoders', replace('▁', ' '), { type: 'ByteFallback' }, { type: 'Fuse' },
  { type: 'Strip', content: ' ', start: 1, stop: 0 });
const specials = [added(0, '<unk>', { special: true }), added(1, '<s>', { special: true }),
  added(2, '</s>', { special: true })];

const byteTokenizer = parts => ({
  base: 'bytes', added_tokens: [], normalizer: null, pre_tokenizer: byteLevel(false, true),
  post_processor: byteLevel(true, true), decoder: byteLevel(true, true), model: {}, ...parts,
});
const characterTokenizer = parts => ({
  base: 'characters', added_tokens: specials, normalizer: spaces, pre_tokenizer: null,
  post_processor: template('<s>', null), decoder: unspaces, model: {}, ...parts,
});

const byteSize = Object.keys(bytes().vocab).length;
const charSize = Object.keys(characters().vocab).length;
const flagged = [
  added(byteSize, '<|end|>', { special: true }),
  added(byteSize + 1, '<l>', { lstrip: true, special: true }),
  added(byteSize + 2, '<r>', { rstrip: true }), added(byteSize + 3, 'word', { single_word: true }),
  added(byteSize + 4, '<|end|>>'), added(byteSize + 5, 'A\u030a', { normalized: true }),
  added(byteSize + 6, '  ', {}),
];
const tokenizers = {
  'byte level, its own pattern': byteTokenizer({}),
  'byte level, prefix space': byteTokenizer({ pre_tokenizer: byteLevel(true, true) }),
  'byte level, no pattern: words of any length':
    byteTokenizer({ pre_tokenizer: byteLevel(false, false) }),
  'split by a pattern with (?i:)':
    byteTokenizer({ pre_tokenizer: pre(split({ Regex: gpt4 }, 'Isolated')) }),
  'split by a pattern with possessive quantifiers':
    byteTokenizer({ pre_tokenizer: pre(split({ Regex: possessive }, 'Isolated')) }),
  'split by a pattern with letter case, inverted and removed':
    byteTokenizer({ pre_tokenizer: pre(split({ Regex: cased }, 'Removed', true)) }),
  'ignore merges': byteTokenizer({ model: { ignore_merges: true } }),
  'NFC': byteTokenizer({ normalizer: { type: 'NFC' } }),
  'a pattern replaced, literally': byteTokenizer({
    normalizer: sequence('normalizers', { type: 'NFC' },
      { type: 'Replace', pattern: { Regex: ' {2,}|\\p{Lu}' }, content: '$1_' }) }),
  'digits, each': byteTokenizer({
    pre_tokenizer: sequence('pretokenizers',
      { type: 'Digits', individual_digits: true }, byteLevel(false, true)) }),
  'digits, runs': byteTokenizer({
    pre_tokenizer: sequence('pretokenizers',
      { type: 'Digits', individual_digits: false }, byteLevel(true, true)) }),
  'added tokens with flags': byteTokenizer({ added_tokens: flagged, normalizer: { type: 'NFC' } }),
  'characters, prepended': characterTokenizer({}),
  'characters, begin and end': characterTokenizer({ post_processor: sequence('processors',
    byteLevel(true, true), template('<s>', null, '</s>')) }),
  'characters, no byte fallback, fused': characterTokenizer({ model: { byte_fallback: false } }),
  'characters, no byte fallback, not fused':
    characterTokenizer({ model: { byte_fallback: false, fuse_unk: false } }),
  'characters, unknown dropped':
    characterTokenizer({ model: { byte_fallback: false, unk_token: null } }),
  'characters, ignore merges': characterTokenizer({ model: { ignore_merges: true } }),
  'characters, space merged with previous': characterTokenizer({
    normalizer: replace(' ', '▁'), pre_tokenizer: split({ String: ' ' }, 'MergedWithPrevious'),
    decoder: sequence('decoders', replace('▁', ' '), { type: 'ByteFallback' }, { type: 'Fuse' }) }),
  'characters, no decoder': characterTokenizer({ decoder: null }),
  'characters, normalized added tokens': characterTokenizer({ added_tokens: [
    ...specials, added(charSize, 'hello w', { normalized: true }),
    added(charSize + 1, '▁▁▁', { rstrip: true })] }),
};
for (const behavior of ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'])
  for (const invert of [false, true])
    tokenizers[`split, ${behavior}${invert ? ', inverted' : ''}`] = byteTokenizer({
      pre_tokenizer: pre(split({ Regex: '[\\s_]|\\p{P}' }, behavior, invert)) });
for (const scheme of ['always', 'first', 'never'])
  for (const splits of [true, false])
    tokenizers[`metaspace, ${scheme}${splits ? '' : ', one piece'}`] = characterTokenizer({
      normalizer: null, pre_tokenizer: metaspace(scheme, splits),
      decoder: sequence('decoders', { type: 'ByteFallback' }, metaspace(scheme, splits)) });

const texts = [
  '', ' ', 'hello world', '  hello   the  world ', "it's IT'S we'LL \u2019s 'ſt", 'aaa aaaa aaaaaaa',
  'orphan orphans an orphan', '12 123 1234 ٣½Ⅷ', 'a_b--c..,!! \n\n\t x\r\ny ', 'é e\u0301 日本 한국어',
  'A\u030aB \u00c5B 가 \u1100\u1161\u11a8 q\u0323\u0301 q\u0301\u0323', '𝐀𝑎𠀀𐐀𝟘x 🙂👩‍🔬',
  '<s>the</s> hello<unk>', 'x <l> y  <r>  z word sword words word', '<|end|>> <|end|> <|en',
  '<r> <l>\t<l>b <r>\n<r> ',
  'hello world hello w the ▁▁▁ a', 'zzz☃☃ zz☃', '<0x41> ▁▁', 'ǅ ʰ ª \u00a0\u3000\u2028x',
  'a'.repeat(300), 'hello'.repeat(60), '▁'.repeat(40) + 'é☃'.repeat(150), ' the'.repeat(90),
];

// -- the results ---------------------------------------------------------------------------------

let seed = 1;
const random = n => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0, (seed >>> 8) % n);

(async () => {
  const bases = { bytes: bytes(), characters: characters() };
  const rows = [];
  for (const [name, { base, ...parts }] of Object.entries(tokenizers)) {
    const whole = { version: '1.0', ...parts, model: { ...bases[base], ...parts.model } };
    const tokenizer = Tokenizer.fromString(JSON.stringify(whole));
    const size = tokenizer.getVocabSize(true);
    const encoded = [], decoded = [];
    for (const text of texts)
      encoded.push((await tokenizer.encode(text, null, { addSpecialTokens: true })).getIds());
    for (let i = 0; i < 12; i++) {
      const any = () => random(2) ? random(size + 3) : random(260);
      const ids = Array.from({ length: random(12) }, any);
      const text = await tokenizer.decode(ids, false);
      decoded.push({ ids, text, skip: await tokenizer.decode(ids, true) });
    }
    rows.push({ name, base, tokenizer: parts, encoded, decoded });
  }
  const lines = rows.map(row => JSON.stringify(row)).join(',\n');
  fs.writeFileSync(path.join(__dirname, 'components.json'),
    `{"madeWith": "tokenizers 0.23.2",\n"bases": ${JSON.stringify(bases)},\n`
    + `"texts": ${JSON.stringify(texts)},\n"rows": [\n${lines}\n]}\n`);
})();
