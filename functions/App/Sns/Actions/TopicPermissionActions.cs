using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Sns.Errors;
using FuncQueue.Functions.Sns.Topics;
using FuncQueue.Functions.Sqs;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sns.Actions;

/// <summary>Statements of a topic's policy: kept and shown, not enforced. What a caller may do is said by its key.</summary>
internal sealed class TopicPermissionActions(TopicEditor editor)
{
    public async Task<SqsAnswer> AddAsync(SnsCall call, CancellationToken cancellationToken)
    {
        var (topic, error) = call.Topic("TopicArn");
        if (topic is null)
            return error!;
        var (label, badLabel) = Label(call);
        var accounts = call.Input.Texts("AWSAccountId", "AWSAccountId.member") ?? [];
        var actions = call.Input.Texts("ActionName", "ActionName.member") ?? [];
        if ((call.Fault ?? badLabel) is { } fault)
            return fault;
        if (accounts.Count == 0 || accounts.Any(a => a.Length != 12 || !a.All(char.IsAsciiDigit)))
            return SnsErrors.InvalidParameter(
                "AWSAccountId",
                accounts.Count == 0 ? "no value for required parameter" : "Must be 12 digits."
            );
        if (actions.Count == 0 || actions.Any(a => a.Length == 0 || !a.All(c => char.IsAsciiLetter(c) || c == '*')))
            return SnsErrors.InvalidParameter(
                "ActionName",
                actions.Count == 0 ? "no value for required parameter" : "Must be actions of SNS."
            );
        var arn = call.Address.ArnOf(topic);
        return await ChangeAsync(
            topic,
            there =>
            {
                var policy = PolicyOf(there, call.Address);
                if (policy.Has(label))
                    return SnsErrors.InvalidParameter("Statement already exists");
                policy.Add(label, accounts, actions, arn, "SNS");
                return policy;
            },
            cancellationToken
        );
    }

    public async Task<SqsAnswer> RemoveAsync(SnsCall call, CancellationToken cancellationToken)
    {
        var (topic, error) = call.Topic("TopicArn");
        if (topic is null)
            return error!;
        var (label, badLabel) = Label(call);
        if ((call.Fault ?? badLabel) is { } fault)
            return fault;
        return await ChangeAsync(
            topic,
            there =>
            {
                var policy = PolicyOf(there, call.Address);
                return policy.Remove(label) ? policy : SnsErrors.NotFound("Statement does not exist");
            },
            cancellationToken
        );
    }

    private static AccessPolicy PolicyOf(TopicInfo topic, SnsAddress address) =>
        (topic.Settings.Annotation(TopicAttribute.Policy) is { } text ? AccessPolicy.Parse(text) : null)
        ?? AccessPolicy.Parse(TopicView.DefaultPolicy(address.ArnOf(topic.Name), address.AccountId))!;

    private static (string Label, SqsError? Error) Label(SnsCall call)
    {
        var label = call.Input.Text("Label") ?? "";
        return label.Length is 0 or > SnsLimits.MaxPermissionLabelLength || !XmlText.IsValid(label)
            ? (label, SnsErrors.InvalidParameter("Label", label.Length == 0 ? "no value for required parameter" : null))
            : (label, null);
    }

    private async Task<SqsAnswer> ChangeAsync(TopicName topic, Func<TopicInfo, PolicyOrError> change, CancellationToken cancellationToken)
    {
        var error = await editor.ChangeAsync(
            topic,
            there =>
            {
                var changed = change(there);
                if (changed.Policy is not { } policy)
                    return (null, changed.Error);
                var text = policy.IsEmpty ? null : policy.ToJson();
                return (TopicAttributeSetter.With(there.Settings, TopicAttribute.Policy, text), null);
            },
            cancellationToken
        );
        return error is null ? SqsAnswer.Empty : error;
    }

    private readonly record struct PolicyOrError(AccessPolicy? Policy, SqsError? Error)
    {
        public static implicit operator PolicyOrError(AccessPolicy policy) => new(policy, null);

        public static implicit operator PolicyOrError(SqsError error) => new(null, error);
    }
}
