using FuncQueue.Client.Telemetry;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Client.Processing;

/// <summary>Tells the owner of a processor what went wrong. Nothing of it stops the processor.</summary>
internal sealed class ProcessorErrors(string queue, FuncQueueProcessorOptions options, ILogger log)
{
    public async Task ReportAsync(FuncQueueErrorSource source, Exception error, ReceivedMessage? message)
    {
        ProcessorLog.Failed(log, error, queue, source, message?.MessageId);
        if (options.OnErrorAsync is not { } tell)
            return;
        try
        {
            await tell(new ProcessErrorContext(queue, source, error, message));
        }
        catch (Exception thrown)
        {
            ProcessorLog.Failed(log, thrown, queue, FuncQueueErrorSource.Handler, message?.MessageId);
        }
    }

    public Task LostAsync(ReceivedMessage message)
    {
        ClientTelemetry.CountLost(queue);
        return ReportAsync(FuncQueueErrorSource.Renew, new FuncQueueLeaseLostException(message.MessageId), message);
    }

    public Task NotSettledAsync(ReceivedMessage message, SettleStatus status) =>
        ReportAsync(
            FuncQueueErrorSource.Settle,
            status == SettleStatus.OutcomeUnknown
                ? new FuncQueueException(
                    FuncQueueErrorReason.OutcomeUnknown,
                    $"Whether message {message.MessageId} was settled is not known: an answer was lost."
                )
                : new FuncQueueLeaseLostException(message.MessageId),
            message
        );
}

internal static partial class ProcessorLog
{
    [LoggerMessage(EventId = 9001, Level = LogLevel.Warning, Message = "Processor of {Queue}: {Source} failed (message {MessageId}).")]
    public static partial void Failed(ILogger logger, Exception error, string queue, FuncQueueErrorSource source, Guid? messageId);
}
