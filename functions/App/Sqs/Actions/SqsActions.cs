using FuncQueue.Engine;

namespace FuncQueue.Functions.Sqs;

/// <summary>Every action of SQS by its name, and the right that it takes.</summary>
internal sealed class SqsActions
{
    private readonly Dictionary<string, (SqsRights Rights, Func<SqsCall, CancellationToken, Task<SqsAnswer>> Run)> actions;

    public SqsActions(QueueEngine engine, TimeProvider time, SqsMaintenance maintenance)
    {
        var editor = new QueueEditor(engine);
        var queues = new QueueActions(engine, time, editor);
        var attributes = new AttributeActions(engine, editor);
        var tags = new TagActions(engine, editor);
        var permissions = new PermissionActions(editor);
        var send = new SendActions(engine);
        var receive = new ReceiveActions(engine, new ReceiveAttempts(time));
        var delete = new DeleteActions(engine);
        var visibility = new VisibilityActions(engine);
        var tasks = new MoveTaskActions(engine, editor, time, maintenance);
        actions = new(StringComparer.Ordinal)
        {
            ["CreateQueue"] = (SqsRights.Manage, queues.CreateAsync),
            ["DeleteQueue"] = (SqsRights.Manage, queues.DeleteAsync),
            ["GetQueueUrl"] = (SqsRights.None, queues.GetUrlAsync),
            ["ListQueues"] = (SqsRights.None, queues.ListAsync),
            ["ListDeadLetterSourceQueues"] = (SqsRights.None, queues.ListDeadLetterSourcesAsync),
            ["PurgeQueue"] = (SqsRights.Manage, queues.PurgeAsync),
            ["GetQueueAttributes"] = (SqsRights.None, attributes.GetAsync),
            ["SetQueueAttributes"] = (SqsRights.Manage, attributes.SetAsync),
            ["TagQueue"] = (SqsRights.Manage, tags.TagAsync),
            ["UntagQueue"] = (SqsRights.Manage, tags.UntagAsync),
            ["ListQueueTags"] = (SqsRights.None, tags.ListAsync),
            ["AddPermission"] = (SqsRights.Manage, permissions.AddAsync),
            ["RemovePermission"] = (SqsRights.Manage, permissions.RemoveAsync),
            ["SendMessage"] = (SqsRights.Send, send.SendAsync),
            ["SendMessageBatch"] = (SqsRights.Send, send.SendBatchAsync),
            ["ReceiveMessage"] = (SqsRights.Receive, receive.ReceiveAsync),
            ["DeleteMessage"] = (SqsRights.Receive, delete.DeleteAsync),
            ["DeleteMessageBatch"] = (SqsRights.Receive, delete.DeleteBatchAsync),
            ["ChangeMessageVisibility"] = (SqsRights.Receive, visibility.ChangeAsync),
            ["ChangeMessageVisibilityBatch"] = (SqsRights.Receive, visibility.ChangeBatchAsync),
            ["StartMessageMoveTask"] = (SqsRights.Manage, tasks.StartAsync),
            ["ListMessageMoveTasks"] = (SqsRights.None, tasks.ListAsync),
            ["CancelMessageMoveTask"] = (SqsRights.Manage, tasks.CancelAsync),
        };
    }

    public async Task<SqsAnswer> RunAsync(SqsCall call, CancellationToken cancellationToken)
    {
        if (!actions.TryGetValue(call.Action, out var action))
            return SqsErrors.UnknownAction(XmlText.Clean(call.Action));
        return call.Caller.Has(action.Rights) ? await action.Run(call, cancellationToken) : call.Denied("*");
    }
}
