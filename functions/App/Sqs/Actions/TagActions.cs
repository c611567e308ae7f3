using FuncQueue.Engine;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sqs.Actions;

/// <summary>The tags of a queue, which are those of the HTTP API.</summary>
internal sealed class TagActions(QueueEngine engine, QueueEditor editor)
{
    public async Task<SqsAnswer> TagAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var (name, error) = call.Queue();
        if (name is null)
            return error!;
        var tags = call.Input.Map("Tags", "Tag", "Key");
        if (tags is not { Count: > 0 })
            call.Input.Fail(SqsErrors.MissingParameter("Tags"));
        return call.Input.Error
            ?? await ChangeAsync(
                name,
                all =>
                {
                    foreach (var (key, value) in tags!)
                        all[key] = value;
                },
                cancellationToken
            );
    }

    public async Task<SqsAnswer> UntagAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var (name, error) = call.Queue();
        if (name is null)
            return error!;
        var keys = call.Input.Texts("TagKeys", "TagKey");
        if (keys is not { Count: > 0 })
            call.Input.Fail(SqsErrors.MissingParameter("TagKeys"));
        return call.Input.Error
            ?? await ChangeAsync(
                name,
                all =>
                {
                    foreach (var key in keys!)
                        all.Remove(key);
                },
                cancellationToken
            );
    }

    public async Task<SqsAnswer> ListAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var (name, error) = call.Queue();
        if (name is null)
            return error!;
        return (await engine.ReadQueueAsync(name, cancellationToken)).TryGetValue(out var queue, out var failure)
            ? SqsAnswer.Success(output =>
                output.Map("Tags", "Tag", queue.Settings.Tags.Where(t => XmlText.IsValid(t.Key + t.Value)), "Key")
            )
            : SqsErrors.From(failure);
    }

    private async Task<SqsAnswer> ChangeAsync(
        QueueName name,
        Action<Dictionary<string, string>> change,
        CancellationToken cancellationToken
    )
    {
        var (_, error) = await editor.ChangeAsync(
            name,
            (queue, draft) =>
            {
                var tags = new Dictionary<string, string>(queue.Settings.Tags, StringComparer.Ordinal);
                change(tags);
                draft.Settings = draft.Settings with { Tags = tags };
                return Task.FromResult<SqsError?>(null);
            },
            cancellationToken
        );
        return error is null ? SqsAnswer.Empty : error;
    }
}
