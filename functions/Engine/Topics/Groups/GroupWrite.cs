using Azure;
using Azure.Data.Tables;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>One transaction that changes a group: the rows that differ, each only if it is as it was read.</summary>
internal sealed class GroupWrite
{
    private readonly List<(string Key, ETag Before)> rows = [];

    private GroupWrite(Guid id, GroupState after) => (Id, After) = (id, after);

    /// <summary>Tells what it wrote from what others did.</summary>
    public Guid Id { get; }

    /// <summary>The group when it was carried out, without new ETags.</summary>
    public GroupState After { get; private set; }

    public List<TableTransactionAction> Operations { get; } = [];

    /// <summary>Whether it removes the group.</summary>
    public bool Removes => After.Head is null;

    public static GroupWrite Compose(string partition, GroupState before, GroupState after)
    {
        var write = new GroupWrite(Guid.NewGuid(), after);
        var head = after.Head;
        if (head is not null && head != before.Head)
            write.Put(before.Head?.ETag, GroupRows.ToEntity(partition, head = head with { Write = write.Id }));
        var holds = after.Holds.ToArray();
        foreach (var (i, hold) in after.Holds.Index())
        {
            var old = i < before.Holds.Count ? before.Holds[i] : null;
            if (hold != old)
                write.Put(old?.ETag, GroupRows.ToEntity(partition, holds[i] = hold with { Write = write.Id }));
        }

        var members = new Dictionary<QueueName, GroupMember>(after.Members);
        foreach (var member in after.Members.Values)
        {
            var old = before.Members.GetValueOrDefault(member.Name);
            if (member != old)
                write.Put(old?.ETag, GroupRows.ToEntity(partition, members[member.Name] = member with { Write = write.Id }));
        }

        foreach (var gone in before.Members.Values.Where(m => !after.Members.ContainsKey(m.Name)))
            write.Delete(partition, GroupRows.KeyOf(gone), gone.ETag);
        if (head is null && before.Head is { } removed)
        {
            write.Delete(partition, GroupRows.HeadKey, removed.ETag);
            foreach (var hold in before.Holds)
                write.Delete(partition, GroupRows.KeyOf(hold), hold.ETag);
        }

        write.After = new GroupState(head, holds, members);
        return write;
    }

    /// <summary>The group once it was carried out.</summary>
    /// <param name="etags">Of the operations.</param>
    public GroupState Written(IReadOnlyList<ETag> etags)
    {
        var now = new Dictionary<string, ETag>(StringComparer.Ordinal);
        for (var i = 0; i < rows.Count; i++)
            now[rows[i].Key] = etags[i];
        return new GroupState(
            After.Head is { } head ? head with { ETag = now.GetValueOrDefault(GroupRows.HeadKey, head.ETag) } : null,
            [.. After.Holds.Select(h => h with { ETag = now.GetValueOrDefault(GroupRows.KeyOf(h), h.ETag) })],
            After.Members.Values.ToDictionary(m => m.Name, m => m with { ETag = now.GetValueOrDefault(GroupRows.KeyOf(m), m.ETag) })
        );
    }

    /// <summary>Whether what is there was written by it.</summary>
    public bool IsIn(GroupState there) =>
        Removes
            ? there.Head is null
            : there.Head?.Write == Id || there.Holds.Any(h => h.Write == Id) || there.Members.Values.Any(m => m.Write == Id);

    /// <summary>Whether every row is as it was before: it was not carried out so far.</summary>
    public bool IsBefore(GroupState there)
    {
        var now = new Dictionary<string, ETag>(StringComparer.Ordinal);
        if (there.Head is { } head)
            now[GroupRows.HeadKey] = head.ETag;
        foreach (var hold in there.Holds)
            now[GroupRows.KeyOf(hold)] = hold.ETag;
        foreach (var member in there.Members.Values)
            now[GroupRows.KeyOf(member)] = member.ETag;
        return rows.TrueForAll(row => now.GetValueOrDefault(row.Key) == row.Before);
    }

    private void Put(ETag? before, TableEntity entity)
    {
        var etag = before ?? default;
        rows.Add((entity.RowKey, etag));
        Operations.Add(
            etag == default
                ? new TableTransactionAction(TableTransactionActionType.Add, entity)
                : new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, etag)
        );
    }

    private void Delete(string partition, string key, ETag etag)
    {
        rows.Add((key, etag));
        Operations.Add(new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(partition, key), etag));
    }
}
