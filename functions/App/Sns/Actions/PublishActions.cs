using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Sns.Errors;
using FuncQueue.Functions.Sns.Publishing;
using FuncQueue.Functions.Sqs;
using FuncQueue.Functions.Sqs.Actions;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Messages;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sns.Actions;

/// <summary>Publishing messages.</summary>
internal sealed class PublishActions(TopicEngine topics)
{
    public async Task<SqsAnswer> PublishAsync(SnsCall call, CancellationToken cancellationToken)
    {
        if (call.Input.Text("PhoneNumber") is { Length: > 0 })
            return SnsErrors.InvalidParameter("PhoneNumber", "Text messages to phones are not served here.");
        var (name, error) = call.Topic("TopicArn", "TargetArn");
        if (name is null)
            return error!;
        if (!(await topics.FindTopicAsync(name, cancellationToken)).TryGetValue(out var topic, out var failure))
            return SnsErrors.From(failure);
        var (record, wrong) = OutgoingNotification.Read(call.Input, topic, call);
        if (record is null)
            return wrong!;
        return (await topics.PublishAsync(name, record, cancellationToken)).TryGetValue(out var published, out failure)
            ? SqsAnswer.Success(output => Write(output, topic, published))
            : SnsErrors.From(failure);
    }

    public async Task<SqsAnswer> PublishBatchAsync(SnsCall call, CancellationToken cancellationToken)
    {
        var (name, error) = call.Topic("TopicArn");
        if (name is null)
            return error!;
        var entries = call.Input.Structures("PublishBatchRequestEntries", "PublishBatchRequestEntries.member");
        if ((call.Fault ?? Check(entries)) is { } fault)
            return fault;
        if (!(await topics.FindTopicAsync(name, cancellationToken)).TryGetValue(out var topic, out var failure))
            return SnsErrors.From(failure);
        var outcome = new BatchOutcome<Published>();
        var records = new List<(string Id, PublishRequest Record)>();
        foreach (var entry in entries)
        {
            var id = entry.Text("Id")!;
            var (record, wrong) = OutgoingNotification.Read(entry, topic, call);
            if (record is not null)
                records.Add((id, record));
            else
                outcome.Fail(id, wrong!);
        }

        // Of what was sent, not of what would be taken: else a batch that is too long is stored without its longest.
        if (entries.Sum(OutgoingNotification.LengthOf) is > SnsLimits.MaxMessageBytes and var total)
            return SnsErrors.BatchTooLong(total);
        if (records.Count > 0)
        {
            if (
                !(await topics.PublishBatchAsync(name, records.ConvertAll(r => r.Record), cancellationToken)).TryGetValue(
                    out var results,
                    out failure
                )
            )
                return SnsErrors.From(failure);
            foreach (var ((id, _), result) in records.Zip(results))
            {
                if (result.TryGetValue(out var published, out var why))
                    outcome.Succeed(id, published);
                else
                    outcome.Fail(id, SnsErrors.From(why));
            }
        }

        return outcome.ToAnswer(call.Action, (output, published) => Write(output, topic, published));
    }

    private static SqsError? Check(IReadOnlyList<SqsInput> entries)
    {
        if (entries.Count == 0)
            return SnsErrors.EmptyBatch;
        if (entries.Count > SnsLimits.MaxBatchEntries)
            return SnsErrors.TooManyEntries;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var id = entry.Text("Id") ?? "";
            if (id.Length is 0 or > SnsLimits.MaxEntryIdLength || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                return SnsErrors.InvalidBatchEntryId;
            if (!seen.Add(id))
                return SnsErrors.IdsNotDistinct;
        }

        return null;
    }

    private static void Write(SqsOutput output, TopicInfo topic, Published published)
    {
        output.Text("MessageId", published.MessageId.ToString());
        if (topic.Name.HasFifoSuffix)
            output.Text("SequenceNumber", SequenceNumbers.Format(published.Offset));
    }
}
