using System.Text.Json;
using FuncQueue.Client.Json;
using FuncQueue.Client.Reading;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client;

/// <summary>
/// Looks at, moves and removes the groups that read topics, and does what a member does step by step, for those for whom a
/// <see cref="FuncQueueGroupReader"/> does too much. Safe for concurrent use.
/// </summary>
public class FuncQueueGroups
{
    private readonly HttpTransport transport = null!;

    /// <summary>For mocks.</summary>
    protected FuncQueueGroups() { }

    internal FuncQueueGroups(HttpTransport transport)
    {
        this.transport = transport;
    }

    /// <summary>The groups of a topic, with how far they are.</summary>
    public virtual async Task<IReadOnlyList<TopicGroup>> ListGroupsAsync(string topic, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        var call = Call.Get($"topics/{Uri.EscapeDataString(topic)}/groups");
        return (await transport.SendAsync(call, WireJson.Default.WireTopicGroups, cancellationToken)).Value.Groups;
    }

    /// <summary>A group, with how far it is; null: it is not there.</summary>
    public virtual Task<TopicGroup?> FindGroupAsync(string topic, string group, CancellationToken cancellationToken = default) =>
        Of(topic, group).FindAsync(cancellationToken);

    /// <summary>Removes a group, which forgets how far it was; false where it is not there.</summary>
    public virtual Task<bool> DeleteGroupAsync(string topic, string group, CancellationToken cancellationToken = default) =>
        Of(topic, group).DeleteAsync(cancellationToken);

    /// <summary>Lets a group go on somewhere else. Whatever its members have in hand is fenced.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="group">The group.</param>
    /// <param name="to">The place as the HTTP API has it: <c>"earliest"</c>, <c>"now"</c>, <c>{"at":…}</c>, <c>{"offsets":…}</c>.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public virtual Task SeekGroupAsync(string topic, string group, JsonElement to, CancellationToken cancellationToken = default) =>
        Of(topic, group).SeekAsync(to, cancellationToken);

    /// <summary>Reads as a member of a group, which it joins: the records that come next in its partitions.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="group">The group; it is made if it is not there.</param>
    /// <param name="member">The member's name, the same from read to read.</param>
    /// <param name="options">What to commit before, where to go on, and how much to read.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public virtual async Task<GroupReadResult> ReadAsync(
        string topic,
        string group,
        string member,
        GroupReadOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(member);
        options ??= new GroupReadOptions();
        var read = new GroupRead(member, options.From, options.LeaseDuration)
        {
            MaxRecords = options.MaxRecords,
            Wait = options.Wait,
            Commit = options.Commit,
            After = options.After,
        };
        var answer = (await Of(topic, group).ReadAsync(read, cancellationToken)).Value;
        return new GroupReadResult
        {
            Records = answer.Records,
            Tokens = [.. answer.Tokens.Select(token => new GroupToken(token.Partition, token.NextOffset, token.Token))],
            Partitions = answer.Assigned,
            WantedPartitions = answer.Wanted,
            Committed = [.. answer.Committed.Select(result => CommitStatuses.Of(result.Status))],
            Skipped = answer.Skipped ?? [],
        };
    }

    /// <summary>
    /// Commits what tokens stand for; what became of each, in order. <c>TOKEN@OFFSET</c> is a token up to an earlier offset.
    /// </summary>
    public virtual async Task<IReadOnlyList<CommitStatus>> CommitAsync(
        string topic,
        string group,
        IReadOnlyList<string> tokens,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return [.. (await Of(topic, group).CommitAsync(tokens, cancellationToken)).Select(CommitStatuses.Of)];
    }

    /// <summary>Leaves a group: what the member holds is free for others at once.</summary>
    public virtual Task LeaveAsync(string topic, string group, string member, CancellationToken cancellationToken = default) =>
        Of(topic, group).LeaveAsync(member, cancellationToken);

    private GroupCalls Of(string topic, string group)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        ArgumentException.ThrowIfNullOrEmpty(group);
        return new GroupCalls(topic, group, transport);
    }
}
