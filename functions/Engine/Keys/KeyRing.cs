using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Registry;

namespace FuncQueue.Engine.Keys;

/// <summary>
/// The keys of callers: making, changing, replacing and revoking them, and telling whose one is. No key is stored. What a change says holds
/// in this process when it is answered, in every other within <see cref="ChangesWithin"/>; a new key is good everywhere at once.
/// Thread-safe.
/// </summary>
public sealed class KeyRing
{
    /// <summary>By when every process goes by a change; a process that cannot find out in that time takes no key.</summary>
    public static readonly TimeSpan ChangesWithin = KeyBook.Bound;

    private readonly EngineContext context;
    private readonly KeyTable table;
    private readonly KeyBook book;

    /// <param name="queues">The queues of the same process, whose storage, options and clock it shares.</param>
    public KeyRing(QueueEngine queues)
    {
        ArgumentNullException.ThrowIfNull(queues);
        context = queues.Context;
        var rows = new RegistryTable(queues.Accounts.First.Clients, context.Options.RegistryTable, KeyRecord.Partition);
        table = new KeyTable(rows);
        book = new KeyBook(context, rows);
    }

    /// <summary>Whether there is a key, or ever was one.</summary>
    public Task<Outcome<bool>> IsLockedAsync(CancellationToken cancellationToken) =>
        QueueCalls.GuardAsync<bool>(async () => (await book.ReadAsync(cancellationToken)).IsLocked);

    /// <summary>The key that a caller shows; null: it is none, or none any more. Compared in constant time.</summary>
    public Task<Outcome<KeyInfo?>> FindAsync(string text, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        return QueueCalls.GuardAsync<KeyInfo?>(async () =>
        {
            // Whatever cannot be a key is worth no request to storage.
            if (!KeyText.TryReadVersion(text, out _))
                return (KeyInfo?)null;
            var keys = await book.ReadAsync(cancellationToken);
            if (keys.MayBeNewer(text))
                keys = await book.ReadAnewAsync(cancellationToken);
            return keys.Find(text, context.Now);
        });
    }

    /// <summary>The key of this name with its texts, for signatures; null: there is none, or none any more.</summary>
    /// <param name="name">The name, as it was given.</param>
    /// <param name="anew">
    /// Whether to read the key again, which a name unknown here is in any case: a signature made with none of the texts may be made with a
    /// newer one.
    /// </param>
    public Task<Outcome<NamedKey?>> FindNamedAsync(string name, bool anew, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        return QueueCalls.GuardAsync<NamedKey?>(async () =>
        {
            var keys = await book.ReadAsync(cancellationToken);
            if (KeyName.TryParse(name, out _) && (anew || !keys.Knows(name)))
                keys = await book.ReadAnewAsync(cancellationToken);
            return keys.Named(name, context.Now);
        });
    }

    /// <summary>The key; null: there is none of this name.</summary>
    public Task<Outcome<KeyInfo?>> GetAsync(KeyName name, CancellationToken cancellationToken) =>
        QueueCalls.GuardAsync<KeyInfo?>(async () => (await table.ReadAsync(name, cancellationToken))?.Info);

    /// <summary>All keys by name, also those that have expired.</summary>
    public Task<Outcome<IReadOnlyList<KeyInfo>>> ListAsync(CancellationToken cancellationToken) =>
        QueueCalls.GuardAsync<IReadOnlyList<KeyInfo>>(async () => (await table.ListAsync(cancellationToken)).ConvertAll(key => key.Info));

    /// <summary>Makes a key, whose text is told this once, or changes what the one of this name is for.</summary>
    public Task<Outcome<IssuedKey>> PutAsync(KeyName name, KeyChange change, KeyCondition condition, CancellationToken cancellationToken) =>
        ChangeAsync(
            name,
            there => KeyRules.Put(name, there, change, condition, context.Now),
            (key, root, created) => new IssuedKey(key.Info, created ? KeyText.Derive(root, name.Value, key.Version) : null, created),
            cancellationToken
        );

    /// <summary>Replaces a key; the one before stays good for <paramref name="overlap"/>, the one before that does not.</summary>
    public Task<Outcome<IssuedKey>> RotateAsync(KeyName name, TimeSpan overlap, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ChangeAsync(
            name,
            there => there is null ? new Failure.KeyNotFound(name) : KeyRules.Rotate(there, overlap, context.Now),
            (key, root, _) => new IssuedKey(key.Info, KeyText.Derive(root, name.Value, key.Version), created: false),
            cancellationToken
        );
    }

    /// <summary>Revokes a key for good: one of the same name is another. <see cref="Failure.KeyNotFound"/> when there was none.</summary>
    public Task<Outcome<bool>> DeleteAsync(KeyName name, CancellationToken cancellationToken) =>
        QueueCalls.GuardAsync<bool>(async () =>
        {
            var outcome = await table.DeleteAsync(name, cancellationToken);
            Note(outcome.Failure);
            return outcome is { Failure: null, Value: false } ? new Failure.KeyNotFound(name) : outcome;
        });

    /// <summary>What this process knows no longer holds, unless it is certain that nothing has changed.</summary>
    private void Note(Failure? failure)
    {
        if (failure is not (Failure.KeyNotFound or Failure.PreconditionFailed or Failure.Invalid))
            book.Outdate();
    }

    private Task<Outcome<IssuedKey>> ChangeAsync(
        KeyName name,
        Func<KeyRecord?, Outcome<KeyRecord>> decide,
        Func<KeyRecord, byte[], bool, IssuedKey> issue,
        CancellationToken cancellationToken
    ) =>
        QueueCalls.GuardAsync<IssuedKey>(async () =>
        {
            var outcome = await table.ChangeAsync(name, decide, cancellationToken);
            Note(outcome.Failure);
            if (!outcome.TryGetValue(out var change, out var failure))
                return failure;
            return issue(change.Key, change.Root, change.Created);
        });
}
