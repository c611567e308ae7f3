using FuncQueue.Engine;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Sns.Delivery;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Messages;
using FuncQueue.Functions.Sqs.Protocol;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sqs.Actions;

/// <summary>Every action of SQS by its name, and the right that it takes.</summary>
internal sealed class SqsActions
{
    private readonly Dictionary<string, (Rights Right, Func<SqsCall, CancellationToken, Task<SqsAnswer>> Run)> actions;

    public SqsActions(QueueEngine engine, TimeProvider time, SqsMaintenance maintenance, Notifications notifications)
    {
        var editor = new QueueEditor(engine);
        var queues = new QueueActions(engine, new Purges(engine, editor, time));
        var attributes = new AttributeActions(engine, editor, time);
        var tags = new TagActions(engine, editor);
        var permissions = new PermissionActions(editor);
        var send = new SendActions(engine, new FormerScope(engine, time));
        var receive = new ReceiveActions(engine, new ReceiveAttempts(time), maintenance, notifications);
        var delete = new DeleteActions(engine);
        var visibility = new VisibilityActions(engine);
        var tasks = new MoveTaskActions(engine, editor, time, maintenance);
        actions = new(StringComparer.Ordinal)
        {
            ["CreateQueue"] = (Rights.Manage, queues.CreateAsync),
            ["DeleteQueue"] = (Rights.Manage, queues.DeleteAsync),
            ["GetQueueUrl"] = (Rights.Inspect, queues.GetUrlAsync),
            ["ListQueues"] = (Rights.Inspect, queues.ListAsync),
            ["ListDeadLetterSourceQueues"] = (Rights.Inspect, queues.ListDeadLetterSourcesAsync),
            ["PurgeQueue"] = (Rights.Manage, queues.PurgeAsync),
            ["GetQueueAttributes"] = (Rights.Inspect, attributes.GetAsync),
            ["SetQueueAttributes"] = (Rights.Manage, attributes.SetAsync),
            ["TagQueue"] = (Rights.Manage, tags.TagAsync),
            ["UntagQueue"] = (Rights.Manage, tags.UntagAsync),
            ["ListQueueTags"] = (Rights.Inspect, tags.ListAsync),
            ["AddPermission"] = (Rights.Manage, permissions.AddAsync),
            ["RemovePermission"] = (Rights.Manage, permissions.RemoveAsync),
            ["SendMessage"] = (Rights.Send, send.SendAsync),
            ["SendMessageBatch"] = (Rights.Send, send.SendBatchAsync),
            ["ReceiveMessage"] = (Rights.Receive, receive.ReceiveAsync),
            ["DeleteMessage"] = (Rights.Receive, delete.DeleteAsync),
            ["DeleteMessageBatch"] = (Rights.Receive, delete.DeleteBatchAsync),
            ["ChangeMessageVisibility"] = (Rights.Receive, visibility.ChangeAsync),
            ["ChangeMessageVisibilityBatch"] = (Rights.Receive, visibility.ChangeBatchAsync),
            ["StartMessageMoveTask"] = (Rights.Redrive, tasks.StartAsync),
            ["ListMessageMoveTasks"] = (Rights.Inspect, tasks.ListAsync),
            ["CancelMessageMoveTask"] = (Rights.Redrive, tasks.CancelAsync),
        };
    }

    public bool IsKnown(string action) => actions.ContainsKey(action);

    public async Task<SqsAnswer> RunAsync(SqsCall call, CancellationToken cancellationToken)
    {
        if (!actions.TryGetValue(call.Action, out var action))
            return SqsErrors.UnknownAction(XmlText.Clean(call.Action));
        call.Right = action.Right;
        return call.Lacks() is { } denied ? denied : await action.Run(call, cancellationToken);
    }
}
