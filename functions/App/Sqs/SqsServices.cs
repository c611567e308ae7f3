using FuncQueue.Engine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Functions.Sqs;

internal static class SqsServices
{
    /// <summary>The SQS protocol, with its settings from the section <c>FuncQueueSqs</c>.</summary>
    public static IServiceCollection AddFuncQueueSqs(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(SqsOptions.Read(configuration));
        services.AddSingleton<SignatureVerifier>();
        services.AddSingleton(provider => new SqsMaintenance(
            provider.GetRequiredService<QueueEngine>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<SqsMaintenance>>()));
        services.AddHostedService<SqsBackground>();
        services.AddSingleton<SqsActions>();
        services.AddSingleton<SqsEndpoint>();
        return services;
    }
}
