using FuncQueue.Engine;
using FuncQueue.Engine.Keys;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Sns.Actions;
using FuncQueue.Functions.Sns.Delivery;
using FuncQueue.Functions.Sqs.Access;
using FuncQueue.Functions.Sqs.Actions;
using FuncQueue.Functions.Sqs.SigV4;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Functions.Sqs;

internal static class SqsServices
{
    /// <summary>The protocols of SQS and SNS, with its settings from the section <c>FuncQueueSqs</c>.</summary>
    public static IServiceCollection AddFuncQueueSqs(this IServiceCollection services, IConfiguration configuration, AccessPlace place)
    {
        services.AddSingleton(SqsOptions.Read(configuration, place));
        services.AddSingleton<SignatureVerifier>();
        services.AddSingleton(provider => new SqsMaintenance(
            provider.GetRequiredService<QueueEngine>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SqsMaintenance>>()
        ));
        services.AddHostedService<SqsBackground>();
        services.AddSingleton(provider => new SigningIdentities(provider.GetRequiredService<QueueEngine>()));
        services.AddSingleton<Notifications>();
        services.AddSingleton<SqsActions>();
        services.AddSingleton<SnsActions>();
        services.AddSingleton<SqsEndpoint>();
        return services;
    }
}
