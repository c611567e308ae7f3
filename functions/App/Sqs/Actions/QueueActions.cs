using System.Buffers;
using System.Buffers.Text;
using System.Text;
using FuncQueue.Engine;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sqs.Actions;

/// <summary>Creating, finding, emptying and deleting queues.</summary>
internal sealed class QueueActions(QueueEngine engine, Purges purges)
{
    public async Task<SqsAnswer> CreateAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var name = call.Input.Required("QueueName");
        var attributes = call.Input.Map("Attributes", "Attribute") ?? new Dictionary<string, string>();
        var tags = call.Input.Map("tags", "Tag", "Key");
        if (call.Input.Error is { } fault)
            return fault;
        // A standard queue may say that it is none; SQS itself takes this attribute of FIFO queues only.
        var fifo = SqsFlag.Parse(attributes.GetValueOrDefault(SqsAttribute.FifoQueue, "false"));
        if (fifo is null)
            return SqsErrors.InvalidAttributeValue(SqsAttribute.FifoQueue);
        if (!QueueName.TryParse(name, out var queue) || queue.HasFifoSuffix != fifo || !IsSqsName(queue))
        {
            return SqsErrors.InvalidParameter(
                fifo == true
                    ? "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end "
                        + "with .fifo suffix and be 1 to 80 in length."
                    : "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
            );
        }

        if (call.Denied(queue) is { } denied)
            return denied;
        // SQS delivers without a limit unless a redrive policy sets one.
        var draft = new QueueDraft(
            new QueueSettings { Type = fifo == true ? QueueType.Fifo : QueueType.Standard, MaxDeliveryCount = null }
        );
        var settable = attributes.Where(a => a.Key != SqsAttribute.FifoQueue || fifo == true).ToDictionary(StringComparer.Ordinal);
        if (AttributeSetter.Apply(settable, draft, call.Address, now: null) is { } error)
            return error;
        if (tags is not null)
            draft.Settings = draft.Settings with { Tags = tags };
        var read = await engine.ReadQueueAsync(queue, cancellationToken);
        if (read.TryGetValue(out var there, out var failure))
            return SameOrError(there, settable.Keys, draft, call.Address);
        if (failure is not Failure.QueueNotFound)
            return SqsErrors.From(failure);
        if (await RedriveTargets.CheckAsync(engine, call, queue, draft, cancellationToken) is { } badTarget)
            return badTarget;
        if (!(await engine.WasDeletedAsync(queue, SqsLimits.Rest, cancellationToken)).TryGetValue(out var deleted, out failure))
            return SqsErrors.From(failure);
        if (deleted)
            return SqsErrors.QueueDeletedRecently;
        var created = await engine.SetQueueAsync(queue, draft.ToChange(), new QueueCondition(null, IfNoneMatch: true), cancellationToken);
        if (created.TryGetValue(out _, out failure))
            return Url(call, queue);
        // Another process was first.
        if (failure is Failure.PreconditionFailed && (await engine.ReadQueueAsync(queue, cancellationToken)).TryGetValue(out there, out _))
            return SameOrError(there, settable.Keys, draft, call.Address);
        return SqsErrors.From(failure);

        SqsAnswer SameOrError(QueueInfo there, IEnumerable<string> names, QueueDraft wanted, SqsAddress address)
        {
            var (has, wants) = (AttributeView.Settable(there.Settings, address), AttributeView.Settable(wanted.ToSettings(), address));
            return names.FirstOrDefault(n => has.GetValueOrDefault(n) != wants.GetValueOrDefault(n)) is { } differs
                ? SqsErrors.QueueNameExists(differs)
                : Url(call, queue);
        }
    }

    public async Task<SqsAnswer> DeleteAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var (queue, error) = call.Queue();
        if (queue is null)
            return error!;
        if (!(await engine.DeleteQueueAsync(queue, cancellationToken)).TryGetValue(out var deleted, out var failure))
            return SqsErrors.From(failure);
        return deleted ? SqsAnswer.Empty : SqsErrors.QueueDoesNotExist;
    }

    public async Task<SqsAnswer> GetUrlAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var name = call.Input.Required("QueueName");
        var owner = call.Input.Text("QueueOwnerAWSAccountId");
        if (call.Input.Error is { } fault)
            return fault;
        if ((owner is { Length: > 0 } && owner != call.Address.AccountId) || !QueueName.TryParse(name, out var queue))
            return SqsErrors.QueueDoesNotExist;
        if (call.Denied(queue) is { } denied)
            return denied;
        return (await engine.ReadQueueAsync(queue, cancellationToken)).TryGetValue(out _, out var failure)
            ? Url(call, queue)
            : SqsErrors.From(failure);
    }

    public Task<SqsAnswer> ListAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var prefix = call.Input.Text("QueueNamePrefix") ?? "";
        return ListAsync(call, prefix, "QueueUrls", _ => true, cancellationToken);
    }

    public async Task<SqsAnswer> ListDeadLetterSourcesAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var (queue, error) = call.Queue();
        if (queue is null)
            return error!;
        if (!(await engine.ReadQueueAsync(queue, cancellationToken)).TryGetValue(out _, out var failure))
            return SqsErrors.From(failure);
        return await ListAsync(call, "", "queueUrls", q => RedrivePolicy.Of(q.Settings)?.Target == queue, cancellationToken);
    }

    public async Task<SqsAnswer> PurgeAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var (queue, error) = call.Queue();
        if (queue is null)
            return error!;
        if (!(await engine.FindQueueAsync(queue, cancellationToken)).TryGetValue(out var there, out var failure))
            return SqsErrors.From(failure);
        // Where no redrive policy takes dead letters on, they are in the queue as SQS sees it.
        error = await purges.RunAsync(queue, withDeadLetters: there.Settings.RedriveTarget() is null);
        return error is null ? SqsAnswer.Empty : error;
    }

    /// <summary>The URLs of the queues that the caller may reach, a page at a time if the caller asks for pages.</summary>
    private async Task<SqsAnswer> ListAsync(
        SqsCall call,
        string prefix,
        string member,
        Func<QueueInfo, bool> wanted,
        CancellationToken cancellationToken
    )
    {
        var asked = call.Input.MaxResults();
        var token = call.Input.Text("NextToken") is { Length: > 0 } text ? text : null;
        var after = token is null ? null : Decode(token);
        if (token is not null && after is null)
            call.Input.Fail(SqsErrors.InvalidParameter("NextToken", XmlText.Clean(token), "Is not one that was handed out."));
        if (call.Input.Error is { } fault)
            return fault;
        var most = asked ?? SqsLimits.MaxResults;
        var found = new List<QueueName>();
        // One more than asked for tells whether there is a next page.
        var continuation = after;
        while (QueueName.IsPrefix(prefix) && found.Count <= most)
        {
            if (
                !(await engine.ListQueuesAsync(prefix, SqsLimits.MaxResults, continuation, cancellationToken)).TryGetValue(
                    out var page,
                    out var failure
                )
            )
                return SqsErrors.From(failure);
            found.AddRange(
                page.Queues.Where(q => call.Caller.Grant.Reaches(Resource.Of(q.Name)) && wanted(q))
                    .Select(q => q.Name)
                    .Take(most + 1 - found.Count)
            );
            if ((continuation = page.Continuation) is null)
                break;
        }

        var next = asked is not null && found.Count > most ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(found[most - 1].Value)) : null;
        return SqsAnswer.Success(output =>
        {
            if (found.Count > 0 || member == "queueUrls")
                output.Texts(member, "QueueUrl", found.Take(most).Select(call.Address.UrlOf));
            output.Text("NextToken", next);
        });
    }

    /// <summary>The HTTP API takes dots inside a name, too; queues that it made are served here all the same.</summary>
    private static bool IsSqsName(QueueName queue) =>
        !(queue.HasFifoSuffix ? queue.Value[..^QueueName.FifoSuffix.Length] : queue.Value).Contains('.', StringComparison.Ordinal);

    /// <summary>The queue that a page ended with; null for a token that was not handed out.</summary>
    private static string? Decode(string token)
    {
        var bytes = new byte[token.Length];
        return
            Base64Url.DecodeFromChars(token, bytes, out _, out var length) == OperationStatus.Done
            && QueueName.TryParse(Encoding.UTF8.GetString(bytes, 0, length), out var queue)
            ? queue.Value
            : null;
    }

    private static SqsAnswer Url(SqsCall call, QueueName queue) =>
        SqsAnswer.Success(output => output.Text("QueueUrl", call.Address.UrlOf(queue)));
}
