using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Distributed;

namespace SkPaged.Connector.Tests.Outside;

/// <summary>A cache that keeps all it is given, and counts what was found.</summary>
internal sealed class DictionaryCache : IDistributedCache
{
    private readonly ConcurrentDictionary<string, byte[]> _kept = [];

    public int Hits { get; private set; }

    public byte[]? Get(string key)
    {
        if (!_kept.TryGetValue(key, out var found))
            return null;
        Hits++;
        return found;
    }

    public Task<byte[]?> GetAsync(string key, CancellationToken token = default) =>
        Task.FromResult(Get(key));

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) =>
        _kept[key] = value;

    public Task SetAsync(
        string key,
        byte[] value,
        DistributedCacheEntryOptions options,
        CancellationToken token = default)
    {
        Set(key, value, options);
        return Task.CompletedTask;
    }

    public void Refresh(string key)
    {
    }

    public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask;

    public void Remove(string key) => _kept.TryRemove(key, out _);

    public Task RemoveAsync(string key, CancellationToken token = default)
    {
        Remove(key);
        return Task.CompletedTask;
    }
}
