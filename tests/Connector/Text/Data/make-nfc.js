// Makes nfc.txt: random texts of characters that normalization changes, and what Hugging Face's
// tokenizers make of them, as code points. To run it again, with the table of this repository:
//     npm install tokenizers@0.23.2 && node make-nfc.js ../../../../src/Connector/Text/NfcData.txt
const { nfcNormalizer } = require('tokenizers');
const fs = require('fs');
const path = require('path');

let seed = 7;
const random = n => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0, (seed >>> 8) % n);

const points = fs.readFileSync(process.argv[2], 'utf8').split('\n')
  .filter(line => !line.startsWith('#'))
  .flatMap(line => line.match(/\b[0-9A-F]{4,6}\b/g) ?? []).map(hex => parseInt(hex, 16));
const hangul = [0x1100, 0x1112, 0x1113, 0x1160, 0x1161, 0x1175, 0x1176, 0x11a7, 0x11a8, 0x11c2,
  0x11c3, 0xac00, 0xac01, 0xac1c, 0xd7a3, 0xd7a4, 0x61, 0x915];
const pick = from => String.fromCodePoint(from[random(from.length)]);

const hex = text => [...text].map(c => c.codePointAt(0).toString(16).toUpperCase()).join(' ');
const lines = [];
for (let i = 0; i < 800; i++) {
  const text = Array.from({ length: 1 + random(7) }, () => pick(i % 4 ? points : hangul)).join('');
  lines.push(`${hex(text)};${hex(nfcNormalizer().normalizeString(text))}`);
}
fs.writeFileSync(path.join(__dirname, 'nfc.txt'), lines.join('\n') + '\n');
