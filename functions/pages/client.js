// Countersign, Apache-2.0. Written by `make scripts` from web/, febcf8154411f701.
function _(e){let t=ArrayBuffer.isView(e)?new Uint8Array(e.buffer,e.byteOffset,e.byteLength):new Uint8Array(e),n="";for(let r of t)
n+=String.fromCharCode(r);return btoa(n).replaceAll("+","-").replaceAll("/","_").replaceAll("=","")}function m(e){if(!/^[A-Za-z0-9_-]*$/.
test(e))throw new TypeError("not base64url");let t=atob(e.replaceAll("-","+").replaceAll("_","/"));return Uint8Array.from(
t,n=>n.charCodeAt(0))}var i=new URL("/",import.meta.url).href,Ee=5e3,Q=35e3,s=class extends Error{constructor(t,n,{status:r,retryAfter:o,errors:a=[]}={},c=void 0){
super(n,{cause:c}),this.name="Refusal",this.code=t,this.status=r,this.retryAfter=o,this.errors=a}};function k(e){let t=new URL(
e),n=t.hostname==="localhost"||t.hostname.endsWith(".localhost");if(t.protocol!=="https:"&&!(t.protocol==="http:"&&n))throw new s(
"unexpected_answer","The server's answer holds no web address.");return t.href}async function u(e,t,n,{method:r,body:o,credentials:a="\
omit"}={}){let c=await Te(n);if(Oe(c))throw X();let f={accept:"application/json",authorization:`Bearer ${c}`};o&&(f["con\
tent-type"]="application/json");try{return await C(e,t,{method:r??(o?"POST":"GET"),headers:f,credentials:a,cache:"no-sto\
re",body:o&&JSON.stringify(o)})}catch(l){throw xe(e,l)&&await Se(e)?X():l}}function xe(e,t){return new URL(e).origin!==globalThis.
location?.origin&&t instanceof s&&t.cause instanceof TypeError}function Oe(e){try{let t=new TextDecoder().decode(m(e.split(
".")[1]));return JSON.parse(t).exp<=Date.now()/1e3}catch{return!1}}function X(){return new s("invalid_token","The token \
has ended, or the server does not take it.",{status:401})}async function Se(e){try{let t=AbortSignal.timeout(Ee),n=new URL(
"settings.json",e.endsWith("/")?e:`${e}/`);return(await fetch(n,{credentials:"omit",referrerPolicy:"no-referrer",cache:"\
no-store",signal:t})).ok}catch{return!1}}async function Te(e){try{return typeof e=="function"?await e():e}catch{throw new s(
"token_unavailable","The page's own function gave no token.")}}async function I(e,t,n,r=Q){return C(e,t,{method:"POST",headers:{
accept:"application/json","content-type":"application/json"},cache:"no-store",body:JSON.stringify(n),signal:AbortSignal.
timeout(r)})}async function C(e,t,n){let r=new URL(t,e.endsWith("/")?e:`${e}/`),o=AbortSignal.timeout(Q),a;try{a=await fetch(
r,{credentials:"omit",referrerPolicy:"no-referrer",signal:o,...n})}catch(f){let l="The request did not reach the server,\
 or its answer was lost.";throw new s("network_error",l,{},f)}if(a.status===204)return null;let c=await a.json().catch(()=>null);
if(a.ok&&c)return c;throw P(a.status,c,a.headers.get("retry-after"))}var ve={401:"invalid_token",403:"missing_scope",429:"\
rate_limited"};function P(e,t,n=null){let r=e>=500?"service_unavailable":"unexpected_answer",o=t?.code??ve[e]??r,a=Number.
parseInt(n??"",10),c=t?.detail??`The server answered ${e}.`,f=Array.isArray(t?.errors)?t.errors:[];return new s(o,c,{status:e,
retryAfter:a||void 0,errors:f})}function ee(e){return new Promise(t=>setTimeout(t,e))}function te({challenge:e,user:t,excludeCredentials:n=[],...r}){return{...r,challenge:m(e),user:{...t,id:m(t.id)},excludeCredentials:n.
map(o=>({...o,id:m(o.id)}))}}function ne({challenge:e,credentialIds:t,...n}){return{...n,challenge:m(e),credentialIds:t.
map(m)}}function b(e){let{id:t,rawId:n,type:r,response:o}=e,f=["clientDataJSON","attestationObject","authenticatorData",
"signature","userHandle"].filter(d=>o[d]).map(d=>[d,_(o[d])]),l=e.getClientExtensionResults().payment?.browserBoundSignature?.
signature;return{credential:{id:t,rawId:_(n),type:r,response:Object.fromEntries(f)},browser_bound_signature:l&&_(l)}}function R(e){return`browser_${e.replace(/[^A-Za-z]/g,"").replace(/(?<=[a-z])(?=[A-Z])/g,"_").toLowerCase()||"error"}`}var re={AbortError:["cancelled"],NotAllowedError:["no_credential_or_other_way"],OptOutError:["opted_out"],NotSupportedError:[
"unsupported","not_supported"],SecurityError:["unavailable","user_activation_needed"],InvalidStateError:["unavailable","\
dialog_open"],RangeError:["unavailable","invalid_request"],TypeError:["unavailable","invalid_request"]},ke="unavailable",
M=!1;async function N({request:e,total:t,label:n="Total"}){if(M)throw new DOMException("The dialog of another call is op\
en.","InvalidStateError");let r={supportedMethods:"secure-payment-confirmation",data:ne(e)},o=new PaymentRequest([r],{total:{
label:n,amount:t}});M=!0;try{return await o.show()}catch(a){throw M=!1,a}}function U(e){let{name:t="",message:n=""}=e instanceof
Error?e:{},[r,o]=Object.hasOwn(re,t)?re[t]:[ke,R(t)];return{reason:r,code:o,message:n}}async function A(e,t){await e.complete(
t).catch(()=>{}),M=!1}var Ie="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==",Ce={supportedMethods:"secure-payment\
-confirmation",data:{rpId:"rp.example",credentialIds:[new Uint8Array(1)],challenge:new Uint8Array(1),instrument:{displayName:"\
-",icon:Ie},payeeOrigin:"https://merchant.example"}};async function y(){let e=globalThis.PaymentRequest;if(typeof e!="fu\
nction")return oe("no-payment-request",null);let[t,n]=await Promise.all([Pe(e),Re(e)]);return oe(t,n)}function oe(e,t){let n=e===
"available";return{available:n,reason:n?null:e,browserBoundKeys:t}}async function Pe(e){try{if(e.securePaymentConfirmationAvailability)
return await e.securePaymentConfirmationAvailability();let t={label:"-",amount:{currency:"USD",value:"0"}};return await new e(
[Ce],{total:t}).canMakePayment()?"available":"unavailable-unknown-reason"}catch(t){return t instanceof DOMException&&t.name===
"SecurityError"?"unavailable-no-permission-policy":"unavailable-unknown-reason"}}async function Re(e){try{return(await e.
getSecurePaymentConfirmationCapabilities()).browserBoundKeyHardware??null}catch{return null}}function Me({base:e=i,token:t}){return u(e,"spc-credentials",t)}function Ne({base:e=i,token:t,credentialId:n}){return u(
e,ae(n),t,{method:"DELETE"})}function Ue({base:e=i,token:t,credentialId:n,browserKeyId:r}){return u(e,B(n,r),t,{method:"\
DELETE"})}function De({base:e=i,token:t,cursor:n}){let r=n?`?${new URLSearchParams({cursor:n})}`:"";return u(e,`spc-paye\
rs${r}`,t)}function Le({base:e=i,token:t,accountId:n}){return u(e,se(n),t)}function $e({base:e=i,token:t,accountId:n,returnTo:r}){
return u(e,"spc-payers",t,{body:{account_id:n,return_to:r}})}function qe({base:e=i,token:t,accountId:n}){return u(e,se(n),
t,{method:"DELETE"})}function B(e,t){return`${ae(e)}/browser-keys/${encodeURIComponent(t)}`}function ae(e){return`spc-cr\
edentials/${encodeURIComponent(e)}`}function se(e){return`spc-payers/${encodeURIComponent(e)}`}async function je({base:e=i,token:t,credentialId:n,browserKeyId:r,label:o}){let{available:a,reason:c}=await y();if(!a)throw new s(
"unsupported",`Nothing can be approved here: ${c}.`);let f=B(n,r),l=u(e,`${f}/approval-request`,t,{method:"POST"}),{ceremony_id:d,
request:h,total:p}=await l,j=await N({request:h,total:p,label:o}).catch(Be);try{let x={ceremony_id:d,...b(j.details)},Ae=await u(
e,`${f}/trust`,t,{body:x});return await A(j,"success"),Ae}catch(x){throw await A(j,"fail"),x instanceof s?x:new s("unexp\
ected_answer",String(x))}}function Be(e){let{reason:t,code:n,message:r}=U(e);throw new s(n??t,r)}var He=25e3;async function H(e){let{available:t,reason:n}=await y();if(!t)return O("unsupported",n??void 0);let r;try{r=
await N(e)}catch(o){return We(o,e)}return Ge(r,e)}async function We(e,t){let{reason:n,code:r,message:o}=U(e);return n!==
"opted_out"?O(n,r,o):Ke(t)}async function Ke({base:e=i,ceremonyId:t,onOptOut:n}){let o=await I(e,"spc-opt-out",{ceremony_id:t}).
then(()=>{},ce);return await Promise.resolve().then(n).catch(reportError),O("opted_out",o)}async function Ge(e,{base:t=i,
ceremonyId:n}){try{let r={ceremony_id:n,...b(e.details)},o=Fe(await ze(t,r));return await A(e,"success"),{status:"authen\
ticated",next:"ask_server",confirmation:o}}catch(r){return await A(e,"fail"),r instanceof s&&ie(r)?O("refused",r.code,r.
message):O("unavailable",ce(r),r instanceof Error?r.message:"")}}var Ve={ceremony_id:"string",credential_id:"string",browser_bound:"\
string",backed_up:"boolean",step_up_required:"boolean"};function Fe({success:e,...t}){let n=Object.entries(Ve);if(e!==!0||
n.some(([r,o])=>typeof t[r]!==o))throw new s("unexpected_answer","The server's answer is no confirmation.");return t}async function ze(e,t){
let n=()=>I(e,"spc-auth-response",t,He);try{return await n()}catch(r){if(!(r instanceof s)||ie(r))throw r}try{return await n()}catch(r){
throw!(r instanceof s)||r.code!=="ceremony_already_used"?r:new s("answer_lost","The verdict was lost on the way: ask you\
r server for it.")}}function ie({status:e}){return e!==void 0&&e<500&&e!==429}function ce(e){return e instanceof s?e.code:
"unexpected_answer"}function O(e,t,n=""){return{status:"fallback",reason:e,code:t,message:n,next:"ask_server"}}var fe=["AMEX","DISCOVER","INTERAC","JCB","MASTERCARD","VISA"],le=["PAN_ONLY","CRYPTOGRAM_3DS"],Je=[...fe,"ELECTRON","EL\
O","ELO_DEBIT","MAESTRO"],Ye=[["merchantName",/\S/,"the name under which the payer knows the merchant"],["countryCode",/^[A-Z]{2}$/,
`the acquirer's country as two capital letters, such as "FR"`],["currencyCode",/^[A-Z]{3}$/,'the currency as three capit\
al letters, such as "EUR"'],["totalPrice",/^\d+(\.\d\d)?$/,'the amount that is charged, as a string such as "19.99"']],Ze=/^B[A-Za-z0-9+/]{86}=$/;
function Xe(e){et(e);let{merchantId:t,merchantName:n,countryCode:r,currencyCode:o,totalPrice:a}=e;return{apiVersion:2,apiVersionMinor:0,
merchantInfo:t===void 0?{merchantName:n}:{merchantId:t,merchantName:n},allowedPaymentMethods:[Qe(e)],transactionInfo:{countryCode:r,
currencyCode:o,totalPrice:a,totalPriceStatus:"FINAL"}}}function Qe({allowedAuthMethods:e=le,allowedCardNetworks:t=fe,publicKey:n,
gateway:r}){return{type:"CARD",parameters:{allowedAuthMethods:[...e],allowedCardNetworks:[...t],assuranceDetailsRequired:!0},
tokenizationSpecification:r?{type:"PAYMENT_GATEWAY",parameters:{...r}}:{type:"DIRECT",parameters:{protocolVersion:"ECv2",
publicKey:String(n)}}}}function et(e){(typeof e!="object"||e===null)&&E("options","an object");for(let[n,r,o]of Ye)D(e[n],
r)||E(n,o);let{merchantId:t}=e;t!==void 0&&!D(t,/\S/)&&E("merchantId","the merchant's id at Google, or left out in Googl\
e's TEST environment"),ue("allowedAuthMethods",e.allowedAuthMethods,le),ue("allowedCardNetworks",e.allowedCardNetworks,Je),
tt(e)}function ue(e,t,n){if(t===void 0)return;(!(Array.isArray(t)&&t.length>0)||!t.every(o=>n.includes(o)))&&E(e,`one or\
 more of ${n.join(", ")}`)}function tt({publicKey:e,gateway:t}){if(e===void 0==(t===void 0)){let n="publicKey, for token\
s that your deployment opens, or gateway, for Stripe's";throw new TypeError(`googlePayRequest: give one of ${n}.`)}e!==void 0&&
!D(e,Ze)&&E("publicKey","the deployment's key as an uncompressed point in base64, 88 characters"),t!==void 0&&!(t&&D(t.gateway,
/\S/))&&E("gateway",`the gateway's parameters, such as { gateway: "stripe", … }`)}function D(e,t){return typeof e=="st\
ring"&&t.test(e)}function E(e,t){throw new TypeError(`googlePayRequest: ${e} must be ${t}.`)}var W=new Map;function S({base:e=i}={}){let t={credentials:"same-origin"},n=W.get(e)??C(e,"settings.json",t);return W.set(
e,n),n.catch(()=>W.delete(e)),n}var K=new Map;function L(e){let t=globalThis;if(t.Stripe)return Promise.resolve(t.Stripe);let n=K.get(e)??nt(e).then(()=>t.
Stripe);return K.set(e,n),n.catch(()=>K.delete(e)),n}function nt(e){return new Promise((t,n)=>{let r=document.createElement(
"script");r.src=e,r.onload=()=>t(),r.onerror=()=>{r.remove(),n(new s("stripe_js_unavailable","Stripe.js could not be loa\
ded."))},document.head.append(r)})}var de={times:4,seconds:2};async function rt({base:e=i,token:t,flow:n="modal",returnUrl:r,email:o,phone:a}){if(n!=="moda\
l"&&n!=="redirect")throw new TypeError('flow is "modal" or "redirect"');let c={flow:n,return_url:r,email:o,phone:a},f=()=>it(
e,t,c);try{return n==="modal"?await at(e,f):await st(f)}catch(l){if(!(l instanceof s))throw l;let{code:d,message:h,retryAfter:p}=l;
return{status:"refused",by:"countersign",code:d,message:h,retryAfter:p}}}function ot({base:e=i,token:t}){return u(e,"ver\
ification-sessions/current",t)}async function at(e,t){let n=await S({base:e}),r=n.stripe_publishable_key;if(!r)throw new s(
"modal_unavailable","There is no publishable key; use the redirect flow.");let[o,a]=await Promise.all([L(n.stripe_js_url),
t()]),{error:c}=await o(r).verifyIdentity(a.client_secret).catch(()=>{throw new s("modal_failed","Stripe.js could not op\
en the modal.")});if(!c)return{status:"submitted"};let{code:f="unknown",message:l=""}=c;return{status:"refused",by:"stri\
pe",code:f,message:l}}async function st(e){return location.assign(k((await e()).url)),{status:"redirecting"}}async function it(e,t,n){
for(let r=1;;r+=1)try{return await u(e,"create-verification-session",t,{body:n})}catch(o){if(!(o instanceof s&&o.code===
"request_in_progress")||r>de.times)throw o;await ee(1e3*(o.retryAfter??de.seconds))}}async function ct({base:e=i,token:t,returnTo:n}){let o=await u(e,"install-links",t,{body:{return_to:n},credentials:"incl\
ude"});return{...o,url:k(o.url)}}function ut({base:e=i,token:t,limit:n,cursor:r}){let o=new URLSearchParams;return n&&o.
set("limit",String(n)),r&&o.set("cursor",r),u(e,`installations?${o}`,t)}function ft({base:e=i,token:t,accountId:n}){return u(
e,T(n),t)}function lt({base:e=i,token:t,accountId:n}){return u(e,`${T(n)}/account`,t)}function dt({base:e=i,token:t,accountId:n,
changes:r}){return u(e,T(n),t,{method:"PATCH",body:r})}function pt({base:e=i,token:t,accountId:n,force:r=!1}){let o=`${T(
n)}${r?"?force=true":""}`;return u(e,o,t,{method:"DELETE"})}function mt({base:e=i,token:t,accountId:n,confirmation:r}){return u(
e,`${T(n)}/confirm`,t,{body:{confirmation:r}})}function T(e){return`installations/${encodeURIComponent(e)}`}async function pe({base:e=i,stripe:t,accountId:n,publishableKey:r}){if(t)return t;let o=await S({base:e});return(await L(
o.stripe_js_url))(r??o.stripe_publishable_key,{stripeAccount:n})}async function me(e,t){try{let{error:n}=await(e.handleCardAction?
e.handleCardAction(t):e.handleNextAction({clientSecret:t}));return!n}catch{return!1}}var wt=45e3,ht=12e4,we=[500,1e3,2e3,4e3,8e3],yt="request_in_progress",gt="stripe_key_refused";function G(){return _(crypto.
getRandomValues(new Uint8Array(18)))}function V(e){return we[Math.min(e,we.length-1)]}async function $(e,t,n){let r=Date.
now()+ht;for(let o=0;;o+=1)try{return Ot(await bt(e),n)}catch(a){if(!(a instanceof s)||!_t(a)||Date.now()>r)throw a;await t(
a.retryAfter?1e3*a.retryAfter:V(o))}}function _t({code:e,status:t,retryAfter:n}){return e===yt||t===429?!0:t===void 0?e===
"network_error":t<500?e==="payment_open"&&n!==void 0:e!==gt}async function bt(e){let t,n=new Promise((r,o)=>{t=setTimeout(
()=>o(new Error("late")),wt)});try{return await Promise.race([At(e),n])}catch(r){if(r instanceof s)throw r;let o="The pa\
ge's own server was not reached, or its answer was lost.";throw new s("network_error",o,{},r)}finally{clearTimeout(t)}}async function At(e){
let t=await e();if(!(t instanceof Response))return xt(t);let n=Et(await t.text());if(t.ok)return n;throw P(t.status,n,t.
headers.get("retry-after"))}function Et(e){try{return JSON.parse(e)}catch{return null}}function xt(e){if(typeof e?.status!=
"number")return e;throw P(e.status,e)}function Ot(e,t){if(typeof e?.id=="string"&&typeof e.status=="string"&&(t===void 0||
e.id===t))return e;throw new s("unexpected_answer","The page's server answered with no payment, or another.")}var F=15e4,St=5;async function w(e,t){let n={idempotencyKey:G(),paymentId:e.payment.id},r=Date.now()+F;for(;;){e.tell("c\
onfirming");try{e.update(await e.asked(()=>e.options.confirm(t,n)));return}catch(o){if(!(o instanceof s))throw o;if(!await Tt(
e,o,t))return;if(Date.now()>r)throw o}}}async function Tt(e,t,n){let r=kt(n);switch(t.code){case"payment_busy":return await e.
wait(1e3*(t.retryAfter??St)),r?!0:(await e.read(),!1);case"payment_ended":return await e.read(),!1;case"step_up_required":
if("give_up_spc"in n)throw t;return await w(e,{give_up_spc:!0}),!1;case"card_required":return e.wants="again",!1;case"be\
gin_again":case"card_differs":return await vt(e,t,r),!1}throw t}async function vt(e,t,n){let{create:r}=e.options;if(n&&r){
e.tell("beginning");let o={idempotencyKey:G(),paymentId:e.payment.id};e.update(await $(()=>r(n,o),e.wait))}else t.code===
"begin_again"?await e.read():e.wants="card_differs"}function kt(e){return"payment_method"in e||"confirmation_token"in e?
e:void 0}var It="payment_intent_authentication_failure";function ye(e){switch(e.status){case"requires_card":return{does:"card",reason:he(
e)};case"ready":return e.last_error?{does:"card",reason:he(e)}:{does:"confirm"};case"requires_step_up":return{does:e.spc?
"ask":"ask_again"};case"requires_action":return{does:z(e)?"act":"confirm"};case"processing":return{does:"wait"}}return{does:"\
end"}}function he({status:e,next:t,last_error:n}){return t==="another_card"?"another_card":n?n.code===It?"authentication\
_failed":"declined":t==="again"?"again":e==="ready"?"failed":"first"}function z({payment_intent:e}){return e&&typeof e==
"object"?e.client_secret:void 0}function v({id:e,status:t,next:n,reason:r,reference:o,last_error:a}){return{id:e,status:t,
next:n,reason:r,reference:o,last_error:a}}var g=class extends Error{constructor(t){super(t),this.reason=t}},q=class{constructor(t){this.options=t,this.payment=t.payment,
this.wants=null}asked(t){return $(t,this.wait,this.payment.id)}async read(){let{id:t}=this.payment;this.update(await this.
asked(()=>this.options.read({paymentId:t})))}update(t){this.payment={...t,reference:t.reference??this.payment.reference}}wait=async t=>{
this.tell("waiting");let{signal:n}=this.options,r=()=>{};await new Promise(o=>{r=()=>o(void 0),setTimeout(r,t),n?.addEventListener(
"abort",r)}),n?.removeEventListener("abort",r),this.checkAborted()};checkAborted(){if(this.options.signal?.aborted)throw new g(
"aborted")}tell(t){try{this.options.onChange?.({doing:t,payment:v(this.payment)})}catch(n){reportError(n)}}failed(t){if(t instanceof
g)return this.outcome({status:"stopped",reason:t.reason});if(!(t instanceof s))throw t;let{code:n,message:r,status:o}=t,
a=o===void 0?n==="network_error":o>=500;return this.outcome({status:a?"unknown":"refused",code:n,message:r})}outcome(t){
return{...t,next:"ask_server",payment:v(this.payment)}}};var Ct=40,Pt=2,J=new Map;async function Rt(e){Mt(e);let{id:t}=e.payment,n=J.get(t)??Nt(new q(e)).finally(()=>J.delete(t));
return J.set(t,n),n}function Mt({payment:e,confirm:t,read:n,card:r,stripe:o,accountId:a}){if(typeof e?.id!="string")throw new TypeError(
"payment is what POST /payments gave");for(let[c,f]of Object.entries({confirm:t,read:n,card:r}))if(typeof f!="function")
throw new TypeError(`${c} has to be a function`);if(!o&&!a)throw new TypeError("give your page's stripe, or accountId")}
async function Nt(e){try{e.payment.status===void 0&&await e.read();let t=new Y(e);for(;await t.step(););return e.outcome(
{status:e.payment.status})}catch(t){return e.failed(t)}}var Y=class{constructor(t){this.session=t,this.steps=0,this.unsent=
0,this.waiting={since:0,turns:0}}async step(){let{session:t}=this;if(t.checkAborted(),this.steps+=1,this.steps>Ct)throw new s(
"unexpected_answer","The payment does not come to an end.");if(t.wants)return this.nameCard(t.wants);let n=ye(t.payment);
switch(n.does!=="wait"&&(this.waiting={since:0,turns:0}),n.does){case"confirm":return this.confirmKnown();case"ask":return this.
ask();case"ask_again":return this.askAgain();case"act":return this.act();case"card":return this.nameCard(n.reason);case"\
wait":return this.waited()}return!1}async confirmKnown(){let{session:t}=this,n=t.payment.status;await w(t,{});let r=n===
"ready"&&t.payment.status==="ready";return this.unsent=r?this.unsent+1:0,this.unsent>Pt&&(t.wants="failed"),!0}async ask(){
let{session:t}=this,{base:n,label:r,onOptOut:o}=t.options,{request:a,total:c,ceremony_id:f}=Ut(t);t.tell("asking");let l={
base:n,label:r,onOptOut:o,request:a,total:c,ceremonyId:f},{status:d}=await H(l);return this.steps=0,await w(t,d==="authe\
nticated"?{}:{give_up_spc:!0}),!0}async askAgain(){let{session:t}=this,{askAgain:n}=t.options,{id:r}=t.payment;try{n&&t.
update(await t.asked(()=>n({paymentId:r})))}catch(o){if(!(o instanceof s)||o.status!==409)throw o}return t.payment.spc||
await w(t,{give_up_spc:!0}),!0}async act(){let{session:t}=this,n=z(t.payment);if(!n)throw new s("unexpected_answer","The\
re is nothing to act on.");let r=await pe(t.options);t.tell("authenticating");let o=await me(r,n);await w(t,{});let a=t.
payment.status==="requires_action";return a&&!o&&(t.wants="left"),a||(this.steps=0),!0}async nameCard(t){let{session:n}=this;
n.tell("card");let r=await Dt(n,t);return[this.steps,this.unsent,n.wants]=[0,0,null],n.checkAborted(),await w(n,r),!0}async waited(){
let{session:t,waiting:n}=this;return this.steps=0,n.since||=Date.now(),Date.now()-n.since>F?!1:(await t.wait(V(n.turns+=
1)),await t.read(),t.payment.status==="processing"&&await w(t,{}),!0)}};function Ut({payment:{spc:e}}){if(!e)throw new s(
"unexpected_answer","There is nothing to show to the payer.");return e}async function Dt(e,t){let n=v(e.payment),r;try{if(r=
await e.options.card({reason:t,error:n.last_error??null,payment:n}),r)return Lt(r)}catch(o){throw reportError(o),new g("\
card_failed")}throw new g("payer")}function Lt({payment_method:e,confirmation_token:t}){if(typeof t=="string")return{confirmation_token:t};
if(typeof e=="string")return{payment_method:e};throw new TypeError("card gives a payment_method or a confirmation_token")}var ge={AbortError:["cancelled","aborted"],NotAllowedError:["cancelled","not_allowed"],InvalidStateError:["already_regis\
tered","credential_exists"],ConstraintError:["unsupported","no_user_verification"],NotSupportedError:["unsupported","not\
_supported"],SecurityError:["unsupported","not_allowed_here"]},$t="unavailable";function qt({base:e=i,token:t}){return _e(
async()=>{let n=await be(await u(e,"spc-register-request",t,{body:{}}));return u(e,"spc-register-response",t,{body:n})})}
async function _e(e){try{let t=await jt();return t?Z("unsupported",t):{status:"registered",credential:await e()}}catch(t){
return Bt(t)}}async function be({ceremony_id:e,publicKey:t}){let n=te(t),r=await navigator.credentials.create({publicKey:n});
return{ceremony_id:e,...b(r)}}async function jt(){let{reason:e}=await y();return e!==null&&e!=="unavailable-no-permissio\
n-policy"?e:await globalThis.PublicKeyCredential?.isUserVerifyingPlatformAuthenticatorAvailable?.()?null:"no_platform_au\
thenticator"}function Bt(e){if(e instanceof s){let{status:a=500,code:c,message:f,retryAfter:l}=e,d=a<500&&a!==429?"refus\
ed":"unavailable";return Z(d,c,f,l)}let{name:t="",message:n=""}=e instanceof Error?e:{},[r,o]=Object.hasOwn(ge,t)?ge[t]:
[$t,R(t)];return Z(r,o,n)}function Z(e,t,n="",r){return{status:"not_registered",reason:e,code:t,message:n,retryAfter:r}}function Ht({base:e=i,accountId:t,ticket:n,title:r="",onOutcome:o}){let a=new URL("wallet/register",e.endsWith("/")?e:`${e}\
/`);a.searchParams.set("account_id",t);let c=document.createElement("iframe");c.title=r||a.host,c.allow="publickey-crede\
ntials-create",c.src=a.href;async function f(){let d=await Wt(n).catch(({code:h})=>(o?.({registered:!1,code:h}),null));c.
contentWindow?.postMessage({type:"countersign:ticket",ticket:d},a.origin)}function l({source:d,origin:h,data:p}){d!==c.contentWindow||
h!==a.origin||(p?.type==="countersign:ready"&&f(),(p?.type==="countersign:registered"||p?.type==="countersign:not-regist\
ered")&&o?.({registered:p.type==="countersign:registered",code:p.code}))}return addEventListener("message",l),{element:c,
close:()=>Kt(c,l)}}async function Wt(e){try{return(typeof e=="function"?await e():e)??null}catch{throw new s("ticket_una\
vailable","The page's own function gave no ticket.")}}function Kt(e,t){removeEventListener("message",t),e.remove()}function Gt({base:e=i,token:t,accountId:n}){return u(e,"spc-registration-tickets",t,{body:{account_id:n}})}export{s as Refusal,$e as allowMerchant,je as approveBrowser,mt as confirmInstallation,H as confirmPayment,ct as createInstallLink,
Gt as createRegistrationTicket,ot as currentVerification,pt as deleteInstallation,Ne as deletePaymentCredential,qe as endMerchant,
lt as getConnectedAccount,ft as getInstallation,Le as getMerchant,Xe as googlePayRequest,ut as listInstallations,De as listMerchants,
Me as listPaymentCredentials,Rt as payWithCountersign,y as paymentConfirmationSupport,S as publicSettings,qt as registerPaymentCredential,
Ht as registrationFrame,Ue as removeBrowser,dt as updateInstallation,rt as verifyIdentity};
