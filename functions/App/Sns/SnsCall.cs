using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Sns.Errors;
using FuncQueue.Functions.Sqs;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sns;

/// <summary>One call of an action of SNS by a known caller.</summary>
internal sealed class SnsCall(string action, SqsInput input, Caller caller, SnsAddress address, CallContext context)
{
    public string Action => action;

    public SqsInput Input => input;

    public Caller Caller => caller;

    public SnsAddress Address => address;

    public CallContext Context => context;

    /// <summary>Who is named as the sender of messages; null: nobody has signed.</summary>
    public string? Sender => ReferenceEquals(caller, Caller.Anybody) ? null : caller.Name;

    /// <summary>What the caller needs on each topic that the action is about.</summary>
    public Rights Right { get; set; }

    /// <summary>The first fault of the parameters, as SNS tells it; null: none was found.</summary>
    public SqsError? Fault => input.Error is { } fault ? SnsErrors.Of(fault) : null;

    /// <summary>The topic of a parameter, if the caller may reach it.</summary>
    public (TopicName? Topic, SqsError? Error) Topic(params ReadOnlySpan<string> parameters)
    {
        foreach (var parameter in parameters)
        {
            if (input.Text(parameter) is not { Length: > 0 } arn)
                continue;
            if (address.ParseTopic(arn) is not { } topic)
                return (null, SnsErrors.InvalidParameter(parameter, address.Foreign(arn)));
            return Denied(topic) is { } denied ? (null, denied) : (topic, null);
        }

        return (null, input.Error is { } fault ? SnsErrors.Of(fault) : SnsErrors.MissingParameter(parameters[0]));
    }

    /// <summary>The subscription of <c>SubscriptionArn</c>, if the caller may reach its topic.</summary>
    public ((TopicName Topic, QueueName Name)? Subscription, SqsError? Error) Subscription()
    {
        if (input.Text("SubscriptionArn") is not { Length: > 0 } arn)
            return (null, Fault ?? SnsErrors.MissingParameter("SubscriptionArn"));
        if (address.ParseSubscription(arn) is not var (topic, name))
            return (null, SnsErrors.InvalidParameter("SubscriptionArn", address.Foreign(arn)));
        return Denied(topic) is { } denied ? (null, denied) : ((topic, name), null);
    }

    /// <summary>Why the caller may not act on this topic; null: it may.</summary>
    public SqsError? Denied(TopicName topic) => Denied(Resource.Of(topic), Right, address.ArnOf(topic));

    /// <summary>As above, for a queue, on which another right may be needed.</summary>
    public SqsError? Denied(QueueName queue, Rights anyOf) => Denied(Resource.Of(queue), anyOf, address.Queues.ArnOf(queue));

    /// <summary>Why the caller may not run the action on any topic; null: it may on those that it reaches.</summary>
    public SqsError? Lacks()
    {
        if (caller.Grant.Has(Right))
            return null;
        context.Audit?.Refused(caller, Right, Resource.Everything, action);
        return Unauthorized("*");
    }

    private SqsError? Denied(Resource resource, Rights anyOf, string arn)
    {
        if (!caller.Grant.Allows(anyOf, resource))
        {
            context.Audit?.Refused(caller, anyOf, resource, action);
            return Unauthorized(arn);
        }

        if (Audit.IsKept(anyOf))
            context.Audit?.Allowed(caller, anyOf, resource, action);
        return null;
    }

    private SqsError Unauthorized(string resource) =>
        SnsErrors.Unauthorized(
            $"User: arn:aws:iam::{address.AccountId}:user/{caller.Name} is not authorized to perform: SNS:{action} on resource: {resource}"
        );
}
