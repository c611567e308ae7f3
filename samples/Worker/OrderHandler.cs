using System.Globalization;
using FuncQueue.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Samples.Worker;

/// <summary>Handles an order. One is made for each message, in a scope of its own, so it may ask for a DbContext.</summary>
internal sealed partial class OrderHandler(IConfiguration configuration, ILogger<OrderHandler> log) : IFuncQueueHandler
{
    private readonly TimeSpan time = TimeSpan.Parse(configuration["HandlingTime"] ?? "0", CultureInfo.InvariantCulture);

    public async Task HandleAsync(ProcessMessageContext context, CancellationToken cancellationToken)
    {
        Handling(context.Message.MessageId);
        await Task.Delay(time, TimeProvider.System, cancellationToken);
        Handled(context.Message.MessageId);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Handling {MessageId}")]
    private partial void Handling(Guid messageId);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Handled {MessageId}")]
    private partial void Handled(Guid messageId);
}
