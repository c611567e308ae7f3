using FuncQueue.Client.Json;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client;

/// <summary>Creates, changes, replaces and revokes the app's keys. Safe for concurrent use.</summary>
public class FuncQueueKeys
{
    private readonly HttpTransport transport = null!;

    /// <summary>For mocks.</summary>
    protected FuncQueueKeys() { }

    internal FuncQueueKeys(HttpTransport transport)
    {
        this.transport = transport;
    }

    /// <summary>Creates a key, whose secret is told this once, or changes the rights of one that is there.</summary>
    public virtual async Task<AccessKey> CreateOrUpdateAsync(
        string name,
        KeySettings settings,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        var content = HttpTransport.Json(settings, WireJson.Default.KeySettings);
        // The secret stands in the first answer only, so that one must not be lost unseen.
        var call = Call.Put(PathOf(name), content, null, create: false) with
        {
            Repetition = Repetition.IfNothingHappened,
        };
        return (await transport.SendAsync(call, WireJson.Default.AccessKey, cancellationToken)).Value;
    }

    /// <summary>A key; null: it is not there.</summary>
    public virtual Task<AccessKey?> FindAsync(string name, CancellationToken cancellationToken = default) =>
        transport.FindAsync(Call.Get(PathOf(name)), WireJson.Default.AccessKey, cancellationToken);

    /// <summary>All keys.</summary>
    public virtual async Task<IReadOnlyList<AccessKey>> ListAsync(CancellationToken cancellationToken = default) =>
        (await transport.SendAsync(Call.Get("keys"), WireJson.Default.WireKeys, cancellationToken)).Value.Keys;

    /// <summary>Replaces a key's secret; the former one stays good for a time, by itself an hour.</summary>
    public virtual async Task<AccessKey> RotateAsync(string name, TimeSpan? overlap = null, CancellationToken cancellationToken = default)
    {
        var content = HttpTransport.Json(new KeyRotation { Overlap = overlap }, WireJson.Default.KeyRotation);
        var call = Call.Post(PathOf(name) + "/rotate", Repetition.IfNothingHappened, content);
        return (await transport.SendAsync(call, WireJson.Default.AccessKey, cancellationToken)).Value;
    }

    /// <summary>Revokes a key; false where it is not there.</summary>
    public virtual Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default) =>
        transport.RemoveAsync(Call.Delete(PathOf(name)), cancellationToken);

    private static string PathOf(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return $"keys/{Uri.EscapeDataString(name)}";
    }
}
