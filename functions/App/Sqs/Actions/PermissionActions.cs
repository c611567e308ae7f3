using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sqs.Actions;

/// <summary>Statements of a queue's policy: kept and shown, not enforced. What a caller may do is said by its access key.</summary>
internal sealed class PermissionActions(QueueEditor editor)
{
    // Those that an owner can grant to others (developer guide, "Amazon SQS API permissions").
    private static readonly HashSet<string> Grantable = new(StringComparer.Ordinal)
    {
        "*",
        "SendMessage",
        "ReceiveMessage",
        "DeleteMessage",
        "ChangeMessageVisibility",
        "GetQueueAttributes",
        "GetQueueUrl",
        "ListDeadLetterSourceQueues",
        "PurgeQueue",
    };

    public async Task<SqsAnswer> AddAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var (name, error) = call.Queue();
        if (name is null)
            return error!;
        var label = Label(call.Input);
        var accounts = call.Input.Texts("AWSAccountIds", "AWSAccountId") ?? [];
        var actions = call.Input.Texts("Actions", "ActionName") ?? [];
        if (accounts.Count == 0)
            call.Input.Fail(SqsErrors.MissingParameter("AWSAccountIds"));
        if (actions.Count == 0)
            call.Input.Fail(SqsErrors.MissingParameter("Actions"));
        if (accounts.FirstOrDefault(a => a.Length != 12 || !a.All(char.IsAsciiDigit)) is { } account)
            call.Input.Fail(SqsErrors.InvalidParameter("PrincipalId", XmlText.Clean(account), "Unable to verify."));
        if (actions.FirstOrDefault(a => !Grantable.Contains(a)) is { } action)
            call.Input.Fail(
                SqsErrors.InvalidParameter(
                    "ActionName",
                    "SQS:" + XmlText.Clean(action),
                    "Only the queue owner is allowed to invoke this action."
                )
            );
        if (actions.Count > SqsLimits.MaxPermissionActions)
            call.Input.Fail(
                SqsErrors.OverLimit($"{actions.Count} Actions were found, maximum allowed is {SqsLimits.MaxPermissionActions}.")
            );
        if (call.Input.Error is { } fault)
            return fault;
        var arn = call.Address.ArnOf(name);
        (_, error) = await editor.ChangeAsync(
            name,
            (queue, draft) =>
            {
                var policy =
                    queue.Settings.Annotation(SqsAttribute.Policy) is { } text && AccessPolicy.Parse(text) is { } there
                        ? there
                        : AccessPolicy.Create(arn);
                if (policy.Has(label))
                    return Task.FromResult<SqsError?>(SqsErrors.InvalidParameter("Label", label, "Already exists."));
                policy.Add(label, accounts, actions, arn);
                draft.Annotate(SqsAttribute.Policy, policy.ToJson());
                return Task.FromResult<SqsError?>(null);
            },
            cancellationToken
        );
        return error is null ? SqsAnswer.Empty : error;
    }

    public async Task<SqsAnswer> RemoveAsync(SqsCall call, CancellationToken cancellationToken)
    {
        var (name, error) = call.Queue();
        if (name is null)
            return error!;
        var label = Label(call.Input);
        if (call.Input.Error is { } fault)
            return fault;
        (_, error) = await editor.ChangeAsync(
            name,
            (queue, draft) =>
            {
                if (
                    queue.Settings.Annotation(SqsAttribute.Policy) is not { } text
                    || AccessPolicy.Parse(text) is not { } policy
                    || !policy.Remove(label)
                )
                    return Task.FromResult<SqsError?>(SqsErrors.InvalidParameter("Label", label, "can't find label."));
                draft.Annotate(SqsAttribute.Policy, policy.IsEmpty ? null : policy.ToJson());
                return Task.FromResult<SqsError?>(null);
            },
            cancellationToken
        );
        return error is null ? SqsAnswer.Empty : error;
    }

    private static string Label(SqsInput input)
    {
        var label = input.Required("Label");
        if (label.Length > SqsLimits.MaxPermissionLabelLength || !label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            input.Fail(
                SqsErrors.InvalidParameter(
                    "Label",
                    XmlText.Clean(label),
                    "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length."
                )
            );
        return label;
    }
}
