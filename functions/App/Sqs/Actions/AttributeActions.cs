using FuncQueue.Engine;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Messages;
using FuncQueue.Functions.Sqs.Protocol;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sqs.Actions;

/// <summary>Reading and setting the attributes of a queue.</summary>
internal sealed class AttributeActions(QueueEngine engine, QueueEditor editor, TimeProvider time)
{
    public async Task<SqsAnswer> GetAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var (name, error) = call.Queue();
        if (name is null)
            return error!;
        var wanted = call.Input.Texts("AttributeNames", "AttributeName") ?? [];
        if (wanted.FirstOrDefault(n => !SqsAttribute.Names.Contains(n)) is { } unknown)
            call.Input.Fail(SqsErrors.UnknownAttribute(XmlText.Clean(unknown)));
        if (call.Input.Error is { } fault)
            return fault;
        QueueInfo queue;
        MessageCounts? counts = null;
        if (wanted.Any(SqsAttribute.IsCount))
        {
            if (!(await engine.GetQueueAsync(name, cancellationToken)).TryGetValue(out var status, out var failure))
                return SqsErrors.From(failure);
            (queue, counts) = (status.Queue, status.Counts);
        }
        else
        {
            if (!(await engine.ReadQueueAsync(name, cancellationToken)).TryGetValue(out var read, out var failure))
                return SqsErrors.From(failure);
            queue = read;
        }

        var selection = new AttributeSelection(wanted);
        return SqsAnswer.Success(output =>
            output.Map("Attributes", "Attribute", AttributeView.All(queue, counts, call.Address).Where(a => selection.Has(a.Key)))
        );
    }

    public async Task<SqsAnswer> SetAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var (name, error) = call.Queue();
        if (name is null)
            return error!;
        var attributes = call.Input.Map("Attributes", "Attribute");
        if (attributes is null)
            call.Input.Fail(SqsErrors.MissingParameter("Attributes"));
        if (call.Input.Error is { } fault)
            return fault;
        (_, error) = await editor.ChangeAsync(
            name,
            async (_, draft) =>
                AttributeSetter.Apply(attributes!, draft, call.Address, time.GetUtcNow())
                ?? await RedriveTargets.CheckAsync(engine, call, name, draft, cancellationToken),
            cancellationToken
        );
        return error is null ? SqsAnswer.Empty : error;
    }
}
