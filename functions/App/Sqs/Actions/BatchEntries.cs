using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sqs.Actions;

/// <summary>The entries of a batch: 1 to 10, each with an id of its own.</summary>
internal static class BatchEntries
{
    /// <summary>The entries with their ids, or what is wrong with the batch as a whole.</summary>
    public static (IReadOnlyList<KeyValuePair<string, SqsInput>> Entries, SqsError? Error) Read(SqsCall call)
    {
        var entries = call
            .Input.Structures("Entries", call.Action + "RequestEntry")
            .Select(e => new KeyValuePair<string, SqsInput>(e.Text("Id") ?? "", e))
            .ToList();
        return (entries, Check(call.Input, entries));
    }

    private static SqsError? Check(SqsInput input, List<KeyValuePair<string, SqsInput>> entries)
    {
        if (input.Error is { } fault)
            return fault;
        if (entries.Count == 0)
            return SqsErrors.EmptyBatch;
        if (entries.Count > SqsLimits.MaxBatchEntries)
            return SqsErrors.TooManyEntries(entries.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (id, _) in entries)
        {
            if (id.Length is 0 or > SqsLimits.MaxEntryIdLength || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                return SqsErrors.InvalidBatchEntryId;
            if (!seen.Add(id))
                return SqsErrors.IdsNotDistinct(id);
        }

        return null;
    }
}

/// <summary>How the entries of a batch fared, each on its own.</summary>
internal sealed class BatchOutcome<T>
{
    private readonly List<KeyValuePair<string, T>> successful = [];
    private readonly List<KeyValuePair<string, SqsError>> failed = [];

    public void Succeed(string id, T result) => successful.Add(new(id, result));

    public void Fail(string id, SqsError error) => failed.Add(new(id, error));

    /// <summary>The answer of a batch action; <paramref name="write"/> adds to an entry what there is beside its id.</summary>
    public SqsAnswer ToAnswer(string action, Action<SqsOutput, T> write) =>
        SqsAnswer.Success(output =>
        {
            output.Structures(
                "Successful",
                action + "ResultEntry",
                successful,
                (o, entry) =>
                {
                    o.Text("Id", entry.Key);
                    write(o, entry.Value);
                }
            );
            if (failed.Count == 0)
                return;
            output.Structures(
                "Failed",
                "BatchResultErrorEntry",
                failed,
                static (o, entry) =>
                {
                    o.Text("Id", entry.Key);
                    o.Flag("SenderFault", entry.Value.SenderFault);
                    o.Text("Code", entry.Value.Code);
                    o.Text("Message", XmlText.Clean(entry.Value.Message));
                }
            );
        });
}
