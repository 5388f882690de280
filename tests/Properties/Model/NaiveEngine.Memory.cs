using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Model;

/// <summary>Who needs, takes, shares, moves and gives back which blocks.</summary>
public sealed partial class NaiveEngine
{
    private int Need(Row row, int tokens) =>
        Blocks(row.Computed + tokens) - row.Table.Count;

    // New blocks, and a copy for all but the last that write to an unfilled block.
    private int Need(List<Row> group, int left)
    {
        var (need, written) = (0, new List<int>());
        foreach (var row in IsHeldBack(group.Count, group[0], left) ? [] : group)
        {
            var tokens = Share(row, left);
            left -= tokens;
            if (tokens == 0)
                continue;
            need += Need(row, tokens);
            if (Unfilled(row) is not { } block)
                continue;
            written.Add(block);
            need += written.Count(each => each == block) < Holders(block) ? 1 : 0;
        }

        return need;
    }

    private int? Unfilled(Row row) =>
        row.Computed % config.BlockSize == 0 ? null : row.Table[row.Computed / config.BlockSize];

    private int Holders(int block) => _running.Count(each => each.Table.Contains(block));

    private int Whole(Row row) =>
        row.Width == 1
            ? Blocks(row.Length)
            : row.Length / config.BlockSize + row.Width;

    private int Blocks(int tokens) => (int)Math.Ceiling(tokens / (double)config.BlockSize);

    private bool Fits(Row row)
    {
        var held = _running.SelectMany(each => each.Table).ToList();
        return _running.Count == 0
            || WholeRunning() + Whole(row) - Hits(row).Count(held.Contains) + Watermark
                <= config.BlocksTotal;
    }

    private int Watermark =>
        _running.Count == 0 ? 0 : (int)(config.Watermark * config.BlocksTotal);

    // Blocks for all present tokens of those running: full ones that are shared count once.
    private int WholeRunning()
    {
        var shared = _running
            .SelectMany(each => each.Table.Take(each.Computed / config.BlockSize))
            .ToList();
        return _running.Sum(Whole) - (shared.Count - shared.Distinct().Count());
    }

    // The cached blocks that hold its beginning, up to the first that nobody has; the last token
    // is always computed.
    private List<int> Hits(Row row)
    {
        var hits = new List<int>();
        while (config.PrefixCaching && (hits.Count + 1) * config.BlockSize < row.Tokens.Count)
        {
            var text = row.Text((hits.Count + 1) * config.BlockSize);
            if (!_cache.ContainsValue(text))
                break;
            hits.Add(_cache.Single(each => each.Value == text).Key);
        }

        return hits;
    }

    // Somebody is about to fill the block that it needs next.
    private bool IsDue(Row row)
    {
        var hits = Hits(row).Count;
        var tokens = (hits + 1) * config.BlockSize;
        return config.PrefixCaching
            && tokens < row.Tokens.Count
            && _running.Any(leader => leader.Registered == hits
                && leader.Tokens.Count >= tokens
                && leader.Text(tokens) == row.Text(tokens));
    }

    private void Share(Row row)
    {
        row.Table.AddRange(Hits(row));
        _idle.RemoveAll(row.Table.Contains);
        row.Registered = row.Table.Count;
        row.Computed = row.Table.Count * config.BlockSize;
        row.Cached = row.Preemptions == 0 ? row.Computed : row.Cached;
    }

    private void Register(Row row)
    {
        for (; config.PrefixCaching && (row.Registered + 1) * config.BlockSize <= row.Computed;
            row.Registered++)
        {
            var text = row.Text((row.Registered + 1) * config.BlockSize);
            if (!_cache.ContainsValue(text))
                _cache[row.Table[row.Registered]] = text;
        }
    }

    private void Give(Row row, int tokens)
    {
        if (Unfilled(row) is { } block && Holders(block) > 1)
        {
            row.Table[^1] = Take();
            _copies.Add(new BlockCopy(new BlockId(block), new BlockId(row.Table[^1])));
        }

        for (var need = Need(row, tokens); need > 0; need--)
            row.Table.Add(Take());
    }

    private int Take()
    {
        var from = _free.Count > 0 ? _free : _idle;
        var block = from[0];
        from.RemoveAt(0);
        _cache.Remove(block);
        return block;
    }

    // All samples of the last request; the last of them alone, where nobody else runs.
    private RequestId PreemptLast()
    {
        var id = _running[^1].Request.Id;
        var group = _running.Where(row => row.Request.Id == id).Reverse().ToList();
        var victims = group.Count == _running.Count ? [group[0]] : group;
        var swaps = Swaps(victims);
        if (swaps)
            SwapOut(Enumerable.Reverse(victims));
        foreach (var row in victims)
        {
            Release(row);
            _running.Remove(row);
            _waiting.Insert(_waiting.Count(each => each.Id < row.Id), row);
            row.Computed = swaps ? row.Computed : 0;
            row.Registered = 0;
            row.Preemptions++;
        }

        BeginAgain();
        return id;
    }

    private bool Swaps(List<Row> victims)
    {
        var blocks = victims.SelectMany(row => row.Table)
            .Except(_out.Select(moved => moved.Device))
            .Count();
        return _hostFree.Count > 0 && blocks <= _hostFree.Count && config.PreemptionMode switch
        {
            PreemptionMode.Swap => true,
            PreemptionMode.Recompute => false,
            _ => blocks * config.SwapCostPerBlock * 2 < victims.Sum(row => row.Computed),
        };
    }

    private void SwapOut(IEnumerable<Row> rows)
    {
        foreach (var row in rows)
        {
            foreach (var block in row.Table)
            {
                if (_out.All(moved => moved.Device != block))
                {
                    _out.Add((block, _hostFree[0]));
                    _hostFree.RemoveAt(0);
                }

                row.Host.Add(_out.Single(moved => moved.Device == block).Host);
            }
        }
    }

    // All its samples that are on the host; the first of them only where nobody runs and all do
    // not fit.
    private List<Row> WhoReturns(Row first, int left)
    {
        var samples = _waiting
            .Where(row => row.Request.Id == first.Request.Id && row.Host.Count > 0)
            .ToList();
        while (samples.Count > 0 && !Fit(samples, left))
            samples = _running.Count > 0 ? [] : samples[..^1];
        return samples;
    }

    private bool Fit(List<Row> samples, int left)
    {
        var rooms = samples.SelectMany(row => row.Host).Distinct().Count()
            + samples.Sum(row => Whole(row) - row.Host.Count)
            + samples.Where(row => row.Computed % config.BlockSize > 0)
                .GroupBy(row => row.Host[^1])
                .Sum(holders => holders.Count() - 1);
        return _running.Concat(samples).Sum(row => row.Width) <= config.MaxSequences
            && samples.Count <= left
            && ((_running.Count == 0 && samples.Count == 1)
                || WholeRunning() + rooms + Watermark <= config.BlocksTotal);
    }

    private void SwapIn(List<Row> samples)
    {
        var arrived = new Dictionary<int, int>();
        foreach (var row in samples)
        {
            foreach (var block in row.Host)
            {
                if (!arrived.TryGetValue(block, out var place))
                {
                    arrived[block] = place = Take();
                    _in.Add((place, block));
                }

                row.Table.Add(place);
            }

            _waiting.Remove(row);
            _running.Add(row);
        }

        foreach (var row in samples)
            ReleaseHost(row);
    }

    private void ReleaseHost(Row row)
    {
        var host = row.Host.ToList();
        row.Host.Clear();
        foreach (var block in Enumerable.Reverse(host))
        {
            if (!_running.Concat(_waiting).Any(other => other.Host.Contains(block)))
                _hostFree.Add(block);
        }
    }

    private void Release(Row row)
    {
        var held = _running.Where(each => each != row).SelectMany(each => each.Table).ToList();
        foreach (var block in Enumerable.Reverse(row.Table).Where(block => !held.Contains(block)))
            (_cache.ContainsKey(block) ? _idle : _free).Add(block);
        row.Table.Clear();
    }

    private static BlockSwap Swap((int Device, int Host) swap) =>
        new(new BlockId(swap.Device), new HostBlockId(swap.Host));
}
