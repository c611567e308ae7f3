using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Calls;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>Calls about groups.</summary>
internal sealed class GroupCalls(EngineContext context, DataAccounts accounts, TopicCalls calls, GroupDirectory directory)
{
    public Task<Outcome<GroupRecords>> ReadAsync(
        TopicName topic,
        QueueName group,
        GroupReadRequest request,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            "read-group",
            topic,
            group,
            async runtime =>
                await AreOfLaterAsync(runtime, [.. request.Commit, .. request.After], cancellationToken)
                    ? new Failure.QueueGone()
                    : await new GroupReading(
                        context,
                        runtime,
                        request,
                        () => accounts.Find(runtime.Topic.Record.Place.Account).Clients.Clock.IsCertain
                    ).RunAsync(cancellationToken),
            cancellationToken
        );

    public Task<Outcome<IReadOnlyList<TokenStatus>>> CommitAsync(
        TopicName topic,
        QueueName group,
        IReadOnlyList<string> tokens,
        CancellationToken cancellationToken
    ) =>
        RunAsync<IReadOnlyList<TokenStatus>>(
            "commit-group",
            topic,
            group,
            async runtime =>
            {
                if (await AreOfLaterAsync(runtime, tokens, cancellationToken))
                    return new Failure.QueueGone();
                var ask = new CommitAsk(group, [.. tokens.Select(runtime.Tokens.Decode)]);
                return await AskAsync(runtime, ask, cancellationToken) is { } failure ? failure : ask.Committed.ToArray();
            },
            cancellationToken
        );

    public Task<Outcome<bool>> LeaveAsync(TopicName topic, QueueName group, QueueName member, CancellationToken cancellationToken) =>
        RunAsync<bool>(
            "leave-group",
            topic,
            group,
            async runtime => await AskAsync(runtime, new LeaveAsk(group, member), cancellationToken) is { } failure ? failure : true,
            cancellationToken
        );

    public Task<Outcome<bool>> SeekAsync(TopicName topic, QueueName group, SubscriptionStart to, CancellationToken cancellationToken) =>
        RunAsync<bool>(
            "seek-group",
            topic,
            group,
            async runtime =>
            {
                if (!(await new GroupStarts(runtime.Topic).FindAsync(to, cancellationToken)).TryGetValue(out var offsets, out var wrong))
                    return wrong;
                return await AskAsync(runtime, new SeekAsk(group, offsets), cancellationToken) is { } failure ? failure : true;
            },
            cancellationToken
        );

    public Task<Outcome<bool>> DeleteAsync(TopicName topic, QueueName group, CancellationToken cancellationToken) =>
        RunAsync<bool>(
            "delete-group",
            topic,
            group,
            async runtime =>
            {
                var ask = new DeleteAsk();
                return await AskAsync(runtime, ask, cancellationToken) is { } failure ? failure : ask.Deleted;
            },
            cancellationToken
        );

    public Task<Outcome<IReadOnlyList<TopicGroup>>> GetAsync(TopicName topic, QueueName? group, CancellationToken cancellationToken) =>
        calls.RunAsync<IReadOnlyList<TopicGroup>>(
            "get-groups",
            topic,
            async runtime =>
            {
                try
                {
                    var table = new GroupTable(accounts.Find(runtime.Record.Place.Account).Clients, runtime.Table);
                    var groups = await table.ReadAsync(group, cancellationToken);
                    return group is not null && groups.Count == 0
                        ? new Failure.GroupNotFound(group.Value)
                        : await new GroupLags(context, runtime).OfAsync(groups, cancellationToken);
                }
                catch (UnsupportedFormatException)
                {
                    return new Failure.RecordUnreadable(StorageFault.DefaultRetryAfter);
                }
            },
            QueueCalls.Always,
            cancellationToken
        );

    private Task<Outcome<T>> RunAsync<T>(
        string operation,
        TopicName topic,
        QueueName group,
        Func<GroupRuntime, Task<Outcome<T>>> run,
        CancellationToken cancellationToken
    ) =>
        calls.RunAsync(
            operation,
            topic,
            async runtime =>
            {
                try
                {
                    return await run(await directory.FindAsync(runtime, group));
                }
                catch (UnsupportedFormatException)
                {
                    return new Failure.RecordUnreadable(StorageFault.DefaultRetryAfter);
                }
            },
            QueueCalls.Always,
            cancellationToken
        );

    /// <summary>Whether tokens may be of a topic that another process has made since under the name.</summary>
    private async Task<bool> AreOfLaterAsync(GroupRuntime group, IEnumerable<string> tokens, CancellationToken cancellationToken) =>
        tokens.Any(t => group.Tokens.Decode(t) is null && GroupTokens.HasForm(t))
        && await calls.IsOverAsync(group.Topic, cancellationToken);

    /// <summary>Does something to a group, and waits until no other process tells otherwise.</summary>
    private async Task<Failure?> AskAsync(GroupRuntime group, GroupAsk ask, CancellationToken cancellationToken)
    {
        if (await group.Loop.RunAsync(ask).WaitAsync(cancellationToken) is { } failure)
            return failure;
        if (ask.AnswerAt is { } at)
            await GroupReading.DelayUntilAsync(context, at, cancellationToken);
        return null;
    }
}
