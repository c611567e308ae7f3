using FuncQueue.Engine;
using FuncQueue.Functions;
using FuncQueue.Functions.Http;
using FuncQueue.Functions.Sqs;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddFuncQueueEngine(builder.Configuration);
builder.Services.AddFuncQueueHttp(builder.Configuration);
builder.Services.AddFuncQueueSqs(builder.Configuration);
builder.Services.AddFuncQueueTelemetry(builder.Configuration);
builder.Build().Run();
