// Countersign, Apache-2.0. Written by `make scripts` from web/, febcf8154411f701.
function A(e){if(!/^[A-Za-z0-9_-]*$/.test(e))throw new TypeError("not base64url");let t=atob(e.replaceAll("-","+").replaceAll(
"_","/"));return Uint8Array.from(t,n=>n.charCodeAt(0))}var u=new URL("/",import.meta.url).href,ee=5e3,te=35e3,c=class extends Error{constructor(t,n,{status:r,retryAfter:a,errors:i=[]}={},s=void 0){
super(n,{cause:s}),this.name="Refusal",this.code=t,this.status=r,this.retryAfter=a,this.errors=i}};async function d(e,t,n,{method:r,body:a,credentials:i="omit"}={}){let s=await ae(n);if(re(s))throw M();let f={accept:"ap\
plication/json",authorization:`Bearer ${s}`};a&&(f["content-type"]="application/json");try{return await E(e,t,{method:r??
(a?"POST":"GET"),headers:f,credentials:i,cache:"no-store",body:a&&JSON.stringify(a)})}catch(_){throw ne(e,_)&&await oe(e)?
M():_}}function ne(e,t){return new URL(e).origin!==globalThis.location?.origin&&t instanceof c&&t.cause instanceof TypeError}
function re(e){try{let t=new TextDecoder().decode(A(e.split(".")[1]));return JSON.parse(t).exp<=Date.now()/1e3}catch{return!1}}
function M(){return new c("invalid_token","The token has ended, or the server does not take it.",{status:401})}async function oe(e){
try{let t=AbortSignal.timeout(ee),n=new URL("settings.json",e.endsWith("/")?e:`${e}/`);return(await fetch(n,{credentials:"\
omit",referrerPolicy:"no-referrer",cache:"no-store",signal:t})).ok}catch{return!1}}async function ae(e){try{return typeof e==
"function"?await e():e}catch{throw new c("token_unavailable","The page's own function gave no token.")}}async function E(e,t,n){let r=new URL(t,e.endsWith("/")?e:`${e}/`),a=AbortSignal.timeout(te),i;try{i=await fetch(r,{credentials:"\
omit",referrerPolicy:"no-referrer",signal:a,...n})}catch(f){let _="The request did not reach the server, or its answer w\
as lost.";throw new c("network_error",_,{},f)}if(i.status===204)return null;let s=await i.json().catch(()=>null);if(i.ok&&
s)return s;throw R(i.status,s,i.headers.get("retry-after"))}var ie={401:"invalid_token",403:"missing_scope",429:"rate_li\
mited"};function R(e,t,n=null){let r=e>=500?"service_unavailable":"unexpected_answer",a=t?.code??ie[e]??r,i=Number.parseInt(
n??"",10),s=t?.detail??`The server answered ${e}.`,f=Array.isArray(t?.errors)?t.errors:[];return new c(a,s,{status:e,retryAfter:i||
void 0,errors:f})}var ue="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==",Ye={supportedMethods:"secure-payment\
-confirmation",data:{rpId:"rp.example",credentialIds:[new Uint8Array(1)],challenge:new Uint8Array(1),instrument:{displayName:"\
-",icon:ue},payeeOrigin:"https://merchant.example"}};function k({base:e=u,token:t,accountId:n}){return d(e,le(n),t)}function le(e){return`spc-payers/${encodeURIComponent(e)}`}var he=["AMEX","DISCOVER","INTERAC","JCB","MASTERCARD","VISA"];var dt=[...he,"ELECTRON","ELO","ELO_DEBIT","MAESTRO"];var O=new Map;function y({base:e=u}={}){let t={credentials:"same-origin"},n=O.get(e)??E(e,"settings.json",t);return O.set(
e,n),n.catch(()=>O.delete(e)),n}function v({base:e=u,token:t,accountId:n}){return d(e,"spc-registration-tickets",t,{body:{account_id:n}})}var ke=document.documentElement.lang,U={};async function $(){let e=await fetch(`/assets/messages.${ke}.json`);if(!e.ok)throw new Error(
`messages: ${e.status}`);U=await e.json()}function o(e,t={}){return U[e].replace(/\{(\w+)\}/g,(n,r)=>t[r])}var q={session_cancelled:"session_cancelled",request_in_progress:"request_in_progress",network_error:"network_error",stripe_js_unavailable:"\
stripe_js_unavailable",modal_failed:"stripe_js_unavailable",install_links_misconfigured:"install_links_misconfigured",spc_misconfigured:"\
spc_misconfigured",permission_missing:"permission_missing",account_unreachable:"account_unreachable",open_payments:"open\
_payments",rate_limited:"rate_limited",too_many_requests:"rate_limited",service_unavailable:"unavailable",stripe_unavailable:"\
unavailable",storage_unavailable:"unavailable",secrets_unavailable:"unavailable"};function Se(e){let t=Object.hasOwn(q,e)&&
q[e];return t?o(`notice.${t}`):void 0}function T(e){return Se(e)??o("notice.other",{code:e})}var D="countersign.session",Oe="countersign.sign-in";var p=class extends Error{constructor(t,n="/"){super(t),this.reason=t,this.returnTo=n}};function m(){let e=sessionStorage.
getItem(D);if(!e)return null;let t=JSON.parse(e);return t.expiresAt>Date.now()?t:(I(),null)}function I(){sessionStorage.
removeItem(D)}async function j(e,t=location.pathname+location.search){if(!globalThis.crypto?.subtle)throw new p("unsuppo\
rted");let n=await H(e),r={state:L(),verifier:L(),returnTo:t};sessionStorage.setItem(Oe,JSON.stringify(r));let a=new URL(
n.authorization_endpoint),i={scope:"openid",...e.sign_in_parameters,response_type:"code",client_id:e.client_id,redirect_uri:Te(),
state:r.state,code_challenge:await Ie(r.verifier),code_challenge_method:"S256"};for(let[s,f]of Object.entries(i))a.searchParams.
set(s,f);location.assign(a)}async function B(e){sessionStorage.clear();let t=new URL("/",location.href),n=await H(e).catch(()=>null);if(!n?.end_session_endpoint)
return location.assign(t);let r=new URL(n.end_session_endpoint);return r.searchParams.set("client_id",e.client_id),r.searchParams.
set("post_logout_redirect_uri",t.href),r.searchParams.set("logout_uri",t.href),location.assign(r)}async function H(e){if(!e.
issuer||!e.client_id)throw new p("not_set_up");let t=e.issuer.replace(/\/$/,""),{status:n,body:r}=await ve(`${t}/.well-k\
nown/openid-configuration`);if(n!==200||r?.issuer!==e.issuer)throw new p("unreachable");return r}async function ve(e,t){try{let n=await fetch(e,{credentials:"omit",referrerPolicy:"no-referrer",...t});return{status:n.status,
body:await n.json().catch(()=>null)}}catch{throw new p("unreachable")}}function Te(){return new URL("/signed-in",location.href).href}function L(){return W(crypto.getRandomValues(new Uint8Array(
32)))}async function Ie(e){let t=await crypto.subtle.digest("SHA-256",new TextEncoder().encode(e));return W(new Uint8Array(
t))}function W(e){return btoa(String.fromCharCode(...e)).replaceAll("+","-").replaceAll("/","_").replaceAll("=","")}function l(e){let t=document.getElementById(e);if(!t)throw new Error(`no #${e}`);return t}async function K(e){addEventListener(
"pageshow",t=>t.persisted&&location.reload());try{let[t]=await Promise.all([y(),$()]);J(t),t.stripe_publishable_key.startsWith(
"pk_test_")&&Ce(),document.documentElement.dataset.ready="",await e(t)}catch(t){throw document.documentElement.dataset.failed=
"",t}}function Ce(){l("test-mode").hidden=!1}function J(e){let{name:t}=m()??{};l("account").hidden=t===void 0,l("account\
-name").textContent=t?o("account.signed_in_as",{name:t}):o("account.signed_in"),l("sign-out").onclick=()=>B(e)}var b="",
C=!1;function w(e,{heading:t,text:n,actions:r=[],notice:a="",code:i=""}){let s=b;b=JSON.stringify([e,i,t,n]),h(a),b!==s&&
(Object.assign(l("status").dataset,{state:e,code:i}),l("heading").textContent=t,document.title=`${t} · ${o("site.name")}`,
l("detail").replaceChildren(...n.map(Pe)),l("actions").replaceChildren(...r.map(Me))),s!==""&&(C||b!==s)&&l("heading").focus()}
function h(e){l("notice").textContent=e}function Pe(e){let t=document.createElement("p");return t.textContent=e,t}function Me({
id:e,label:t,quiet:n,href:r,run:a},i){let s=document.createElement(r?"a":"button");return s instanceof HTMLAnchorElement?
s.href=r??"":s.type="button",s.id=e,s.textContent=t,s.className=n?"link":`button ${i===0?"primary":"secondary"}`,s.onclick=
a?()=>x(s,a):null,s}async function x(e,t){if(!C){G(e,!0);try{await t()}catch(n){throw h(o("notice.other",{code:"unexpected"})),n}finally{G(e,
!1),document.activeElement===document.body&&e.focus()}}}function G(e,t){C=t,e.toggleAttribute("data-busy",t);for(let n of document.
querySelectorAll("#actions > *"))n.setAttribute("aria-disabled",String(t))}function F(e,t){let n=async()=>{h(o("sign_in.opening"));try{await j(e,t),await new Promise(()=>{})}catch(r){if(!(r instanceof
p))throw r;h(o(`sign_in.${r.reason}`))}};return{id:"sign-in",label:o("sign_in.button"),run:n}}function V(e){I(),J(e)}function z({payee_name:e,payee_origin:t,account_id:n}){return e??t??n}var P=null,Re={accountId:"",origin:""},Ne=()=>{};addEventListener("message",({source:e,origin:t,data:n})=>{!P||e!==P||t!==
location.origin||(n?.type==="countersign:who-asks"&&P.postMessage({type:"countersign:asking",...Re},location.origin),n?.
type==="countersign:chosen"&&typeof n.ticket=="string"&&Ne({ticket:n.ticket,name:String(n.name)}))});function Y(e){return new Promise(t=>window.opener?(addEventListener("message",({source:n,origin:r,data:a})=>{n!==window.
opener||r!==location.origin||a?.type==="countersign:asking"&&t({accountId:a.accountId,origin:a.origin})}),window.opener.
postMessage({type:"countersign:who-asks"},location.origin),setTimeout(()=>t(null),e)):t(null))}function Z(e){window.opener.
postMessage({type:"countersign:chosen",...e},location.origin)}var Ue=3e3;K(async e=>{let t=await Y(Ue);return t?m()?X(e,t):g(e,""):$e()});function $e(){w("alone",{heading:o("wallet_t\
icket.alone.heading"),text:[o("wallet_ticket.alone.text")],actions:[{id:"own",label:o("wallet.heading"),href:"/wallet"}]})}
function g(e,t){V(e),w("signed_out",{heading:o("wallet_ticket.heading"),text:[o("wallet_ticket.sign_in"),o("wallet_ticke\
t.safe")],actions:[F(e)],notice:t})}async function X(e,t){let n=m();if(!n)return g(e,o("sign_in.expired"));try{let{accountId:r}=t,
a=await k({token:n.token,accountId:r});return qe(e,t,a,n.name)}catch(r){if(!(r instanceof c))throw r;if(r.status===401)return g(
e,o("sign_in.expired"));let a=r.status===404?"unknown":"unavailable",i={id:"retry",label:o("action.retry"),run:()=>X(e,t)};
return w(a,{heading:o(`consent.${a}.heading`),text:[o(`wallet_ticket.${a}`)],actions:a==="unknown"?[]:[i],code:r.code})}}
function qe(e,t,n,r){let a=z(n),i=o("consent.account",{account:n.account_id});w("asked",{heading:o("wallet_ticket.asked.\
heading",{name:a}),text:[n.payee_origin??i,o("wallet_ticket.asked.page",{origin:t.origin}),r?o("wallet_ticket.asked.wall\
et",{name:r}):o("home.signed_in"),o("wallet_ticket.safe")],actions:[{id:"hand-over",label:o("wallet_ticket.yes"),run:()=>Le(
e,t)},{id:"deny",label:o("wallet_ticket.no"),run:De}]})}async function Le(e,{accountId:t}){let n=m();if(!n)return g(e,o(
"sign_in.expired"));let{token:r,name:a}=n;try{let{ticket:i}=await v({token:r,accountId:t});Z({ticket:i,name:a})}catch(i){
if(!(i instanceof c))throw i;return i.status===401?g(e,o("sign_in.expired")):h(T(i.code))}return Q("given"),window.close()}
function De(){Q("denied"),window.close()}function Q(e){w(e,{heading:o(`wallet_ticket.${e}.heading`),text:[o(`wallet_tick\
et.${e}.text`)]})}
