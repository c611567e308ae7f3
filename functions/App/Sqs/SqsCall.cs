using FuncQueue.Engine;
using FuncQueue.Functions.Http;

namespace FuncQueue.Functions.Sqs;

/// <summary>One call of an action by a known caller.</summary>
internal sealed class SqsCall(string action, SqsInput input, SqsCaller caller, SqsAddress address, string? pathUrl, string? traceParent, RequestMemory.Room? room)
{
    public string Action => action;

    public SqsInput Input => input;

    public SqsCaller Caller => caller;

    public SqsAddress Address => address;

    /// <summary>The trace that the request belongs to.</summary>
    public string? TraceParent => traceParent;

    /// <summary>What the request may hold in memory; null: nobody counts.</summary>
    public RequestMemory.Room? Room => room;

    /// <summary>The queue of <c>QueueUrl</c>, or of the request's path, if the caller may reach it.</summary>
    public SqsQueueReference Queue()
    {
        if ((input.Text("QueueUrl") is { Length: > 0 } given ? given : pathUrl) is not { } url)
            return new SqsQueueReference(null, input.Error ?? SqsErrors.MissingParameter("QueueUrl"));
        var reference = address.Parse(url);
        return reference.Queue is { } queue && Denied(queue) is { } denied ? new SqsQueueReference(null, denied) : reference;
    }

    /// <summary>Why the caller may not act on this queue; null: it may.</summary>
    public SqsError? Denied(QueueName queue) => caller.MayReach(queue) ? null : Denied(address.ArnOf(queue));

    /// <summary>What a caller without the right is told.</summary>
    public SqsError Denied(string resource) => SqsErrors.AccessDenied(
        $"User: arn:aws:iam::{address.AccountId}:user/{caller.KeyId} is not authorized to perform: sqs:{action.ToLowerInvariant()} on resource: {resource}");
}
