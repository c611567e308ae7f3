using FuncQueue.Client;
using Rebus.Config;
using Rebus.Pipeline;
using Rebus.Pipeline.Receive;
using Rebus.Retry;
using Rebus.Timeouts;
using Rebus.Transport;

namespace FuncQueue.Rebus;

/// <summary>FuncQueue as a transport of Rebus.</summary>
public static class FuncQueueConfigurationExtensions
{
    /// <summary>Sends by FuncQueue and receives from one of its queues, which is created where it is missing.</summary>
    /// <param name="configurer">Of Rebus.</param>
    /// <param name="client">The app. It is not disposed with the bus.</param>
    /// <param name="inputQueueName">The queue.</param>
    public static void UseFuncQueue(this StandardConfigurer<ITransport> configurer, FuncQueueClient client, string inputQueueName)
    {
        ArgumentNullException.ThrowIfNull(configurer);
        ArgumentNullException.ThrowIfNull(client);
        ArgumentException.ThrowIfNullOrEmpty(inputQueueName);
        configurer.Register(_ => new FuncQueueTransport(client, inputQueueName));
        configurer.OtherService<ITimeoutManager>().Register(_ => new NoTimeouts());
        configurer.OtherService<IErrorHandler>().Register(context => new DeadLettering(context.Get<IErrorTracker>()));
        DeferNatively(configurer);
    }

    /// <summary>Sends by FuncQueue, and receives nothing.</summary>
    /// <param name="configurer">Of Rebus.</param>
    /// <param name="client">The app. It is not disposed with the bus.</param>
    public static void UseFuncQueueAsOneWayClient(this StandardConfigurer<ITransport> configurer, FuncQueueClient client)
    {
        ArgumentNullException.ThrowIfNull(configurer);
        ArgumentNullException.ThrowIfNull(client);
        configurer.Register(_ => new FuncQueueTransport(client, null));
        configurer.OtherService<ITimeoutManager>().Register(_ => new NoTimeouts());
        DeferNatively(configurer);
        OneWayClientBackdoor.ConfigureOneWayClient(configurer);
    }

    private static void DeferNatively(StandardConfigurer<ITransport> configurer)
    {
        configurer
            .OtherService<IPipeline>()
            .Decorate(context =>
                new PipelineStepRemover(context.Get<IPipeline>()).RemoveIncomingStep(step => step is HandleDeferredMessagesStep)
            );
        configurer
            .OtherService<Options>()
            .Decorate(context =>
            {
                var options = context.Get<Options>();
                options.ExternalTimeoutManagerAddressOrNull = FuncQueueTransport.DeferredAddress;
                return options;
            });
    }
}
