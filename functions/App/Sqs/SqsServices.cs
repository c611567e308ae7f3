using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FuncQueue.Functions.Sqs;

internal static class SqsServices
{
    /// <summary>The SQS protocol, with its settings from the section <c>FuncQueueSqs</c>.</summary>
    public static IServiceCollection AddFuncQueueSqs(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(SqsOptions.Read(configuration));
        services.AddSingleton<SignatureVerifier>();
        services.AddSingleton<SqsActions>();
        services.AddSingleton<SqsEndpoint>();
        return services;
    }
}
