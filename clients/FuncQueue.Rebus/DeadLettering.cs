using Rebus.Messages;
using Rebus.Retry;
using Rebus.Transport;

namespace FuncQueue.Rebus;

/// <summary>What fails too often stays in its queue, as a dead letter whose reason is the type of the last exception.</summary>
internal sealed class DeadLettering(IErrorTracker tracker) : IErrorHandler
{
    public async Task HandlePoisonMessage(
        TransportMessage transportMessage,
        ITransactionContext transactionContext,
        ExceptionInfo exception
    )
    {
        // Of several failures, Rebus hands over one exception of them all, whose type says nothing.
        var failures = await tracker.GetExceptions(transportMessage.Headers[Headers.MessageId]);
        var last = failures.OrderBy(failure => failure.Time).LastOrDefault(exception);
        // A type's name comes with that of its assembly.
        transactionContext.Items[FuncQueueTransport.DeadLetterReason] = last.Type.Split(',')[0];
    }
}
