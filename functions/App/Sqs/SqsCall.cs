using FuncQueue.Engine;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Http;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sqs;

/// <summary>What an action learns from around its parameters.</summary>
internal sealed record CallContext
{
    /// <summary>The queue that the request was sent to, by its path; null: to the endpoint.</summary>
    public string? QueueUrl { get; init; }

    public string? TraceParent { get; init; }

    public string? TraceHeader { get; init; }

    public RequestMemory.Room? Room { get; init; }

    /// <summary>Who is told of what was refused and changed; null: nobody.</summary>
    public Audit? Audit { get; init; }
}

/// <summary>One call of an action by a known caller.</summary>
internal sealed class SqsCall(string action, SqsInput input, Caller caller, SqsAddress address, CallContext context)
{
    public string Action => action;

    public SqsInput Input => input;

    public Caller Caller => caller;

    /// <summary>Who is named as the sender of messages; null: nobody has signed.</summary>
    public string? Sender => ReferenceEquals(caller, Caller.Anybody) ? null : caller.Name;

    /// <summary>What the caller needs on each queue that the action is about.</summary>
    public Rights Right { get; set; }

    public SqsAddress Address => address;

    /// <summary>The trace that the request belongs to.</summary>
    public string? TraceParent => context.TraceParent;

    /// <summary>The X-Ray trace that the request belongs to, which its messages get that name none; null: none.</summary>
    public string? TraceHeader => context.TraceHeader;

    /// <summary>What the request may hold in memory; null: nobody counts.</summary>
    public RequestMemory.Room? Room => context.Room;

    /// <summary>The queue of <c>QueueUrl</c>, or of the request's path, if the caller may reach it.</summary>
    public SqsQueueReference Queue()
    {
        if ((input.Text("QueueUrl") is { Length: > 0 } given ? given : context.QueueUrl) is not { } url)
            return new SqsQueueReference(null, input.Error ?? SqsErrors.MissingParameter("QueueUrl"));
        var reference = address.Parse(url);
        return reference.Queue is { } queue && Denied(queue) is { } denied ? new SqsQueueReference(null, denied) : reference;
    }

    /// <summary>Why the caller may not act on this queue; null: it may.</summary>
    public SqsError? Denied(QueueName queue) => Denied(queue, Right);

    /// <summary>As above, for a further queue, on which another right is needed; of several, one of them.</summary>
    public SqsError? Denied(QueueName queue, Rights anyOf)
    {
        var resource = Resource.Of(queue);
        if (!caller.Grant.Allows(anyOf, resource))
        {
            context.Audit?.Refused(caller, anyOf, resource, action);
            return AccessDenied(address.ArnOf(queue));
        }

        if (Audit.IsKept(anyOf))
            context.Audit?.Allowed(caller, anyOf, resource, action);
        return null;
    }

    /// <summary>Why the caller may not run the action on any queue; null: it may on those that it reaches.</summary>
    public SqsError? Lacks()
    {
        if (caller.Grant.Has(Right))
            return null;
        context.Audit?.Refused(caller, Right, Resource.Everything, action);
        return AccessDenied("*");
    }

    private SqsError AccessDenied(string resource) =>
        SqsErrors.AccessDenied(
            $"User: arn:aws:iam::{address.AccountId}:user/{caller.Name} is not authorized to perform: "
                + $"sqs:{action.ToLowerInvariant()} on resource: {resource}"
        );
}
